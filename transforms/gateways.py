"""What a deployment template says about a function: which requests reach it, and what the gateway asks of them.

`serverless.yml`, SAM and CloudFormation templates, and Terraform. They are read by their outlines (`outlines.py`), not
evaluated: a value that is computed stays unknown, and an unknown guard is no finding.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from transforms.concepts import CloudFunction, Entrance, GuardUse, How, Place
from transforms.outlines import Block, Node, hcl_blocks, yaml_outline

ASKS = "aws_api_gateway"  # what a gateway's guard is called: see known_guards/aws_lambda.py
KEY = f"{ASKS}.api_key"
_WORTH = re.compile(r"AWS::(?:Serverless|Lambda)|^functions:|aws_lambda_function|\bhttpApi\b", re.MULTILINE)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"})
_SAID = {
    "iam": "a signature of an AWS identity",
    "jwt": "a JWT",
    "authorizer": "its authorizer's word",
    "own_account": "a call of the account's own services",
    "api_key": "an API key, which does not say who calls",
}
_FUNCTION = re.compile(r"\baws_lambda_function\.(\w+)\.")
_OWN_EVENTS = frozenset(
    {"aws_lambda_event_source_mapping", "aws_cloudwatch_event_target", "aws_s3_bucket_notification"}
)
_HTTP_EVENTS = frozenset({"Api", "HttpApi"})


def reads(path: str) -> bool:
    """Whether a file of that name may be such a template."""
    name = PurePosixPath(path).name
    return name.endswith((".tf", ".yml", ".yaml"))


def declared(path: str, text: str) -> tuple[tuple[CloudFunction, ...], tuple[Entrance, ...]]:
    """The functions that a template declares, and what leads to which; nothing for a file that is none."""
    if not reads(path) or _WORTH.search(text) is None:
        return (), ()
    found = list(_terraform(text) if path.endswith(".tf") else _yaml(text))
    functions = (each for each in found if isinstance(each, CloudFunction))
    entrances = (each for each in found if isinstance(each, Entrance))
    return (
        tuple(replace(each, file=path, handler=_dotted(each.handler)) for each in functions),
        tuple(replace(each, file=path) for each in entrances),
    )


def _yaml(text: str) -> Iterator[CloudFunction | Entrance]:
    outline = yaml_outline(text)
    if (resources := outline.get("Resources")) is not None:
        yield from _sam(outline, resources)
    if (functions := outline.get("functions")) is not None:
        yield from _serverless(outline, functions)


def _serverless(outline: Node, functions: Node) -> Iterator[CloudFunction | Entrance]:
    """`functions: create: handler: src/orders.create, events: [http: ...]`."""
    for function in functions.children:
        handler = function.text("handler")
        if handler is None:
            continue
        name = function.key
        yield CloudFunction(name, handler, _place(function))
        events = function.get("events")
        for event in events.children if events is not None else ():
            kind = event.children[0] if event.children else event
            if kind.key in ("http", "httpApi"):
                yield _serverless_request(name, kind, _default_authorizer(outline, kind.key))
            else:
                yield Entrance(name, "EVENT", None, (_own_account(event),), _place(event))
        if (url := function.get("url")) is not None:
            yield Entrance(name, "ANY", "/", tuple(_of_url(url)), _place(url))


def _serverless_request(function: str, event: Node, default: bool) -> Entrance:
    method, path = event.text("method"), event.text("path")
    if not event.children and event.value is not None:  # - http: POST /orders
        method, _, path = event.value.partition(" ")
    authorizer = event.get("authorizer")
    guards: tuple[GuardUse, ...] = ()
    if authorizer is not None:
        guards = (_guard(authorizer, _authorizer_kind(authorizer)),)
    elif default:
        guards = (_unknown(event),)
    elif event.text("private") == "true":
        guards = (_guard(event, "api_key"),)
    return Entrance(function, _method(method), _path(path), guards, _place(event))


def _authorizer_kind(authorizer: Node) -> str:
    named = (authorizer.value or authorizer.text("type") or "").lower()
    if "iam" in named:
        return "iam"
    return "jwt" if authorizer.get("issuerUrl") or named == "jwt" else "authorizer"


def _default_authorizer(outline: Node, kind: str) -> bool:
    """Whether the provider may set an authorizer for all: then a route without one cannot be told."""
    provider = outline.get("provider")
    held = provider.get("httpApi" if kind == "httpApi" else "apiGateway") if provider is not None else None
    return held is not None and any(each.key == "authorizer" for each in held.walk())


def _sam(outline: Node, resources: Node) -> Iterator[CloudFunction | Entrance]:
    """`AWS::Serverless::Function` with `Events`; what the API asks by default counts where the event says nothing."""
    shared = _globals(outline)
    for resource in resources.children:
        properties = resource.get("Properties")
        if resource.text("Type") != "AWS::Serverless::Function" or properties is None:
            continue
        handler = properties.text("Handler") or shared.get("Handler")
        if handler is None:
            continue
        folder = properties.text("CodeUri") or shared.get("CodeUri") or ""
        yield CloudFunction(resource.key, _joined(folder, handler), _place(resource))
        events = properties.get("Events")
        for event in events.children if events is not None else ():
            yield _sam_event(resources, resource.key, event, outline)
        if (url := properties.get("FunctionUrlConfig")) is not None:
            yield Entrance(resource.key, "ANY", "/", tuple(_of_url(url)), _place(url))


def _sam_event(resources: Node, function: str, event: Node, outline: Node) -> Entrance:
    said = event.get("Properties") or event
    if event.text("Type") not in _HTTP_EVENTS:
        return Entrance(function, "EVENT", None, (_own_account(event),), _place(event))
    auth = said.get("Auth")
    named = auth.text("Authorizer") if auth is not None else None
    if named is None:
        guards = tuple(_sam_default(resources, outline, said, event))
        if not guards and auth is not None and auth.text("ApiKeyRequired") == "true":
            guards = (_guard(event, "api_key"),)
    else:
        guards = () if named == "NONE" else (_guard(auth or event, "iam" if named == "AWS_IAM" else "authorizer"),)
    return Entrance(function, _method(said.text("Method")), _path(said.text("Path")), guards, _place(event))


def _sam_default(resources: Node, outline: Node, said: Node, event: Node) -> Iterator[GuardUse]:
    """`Auth: DefaultAuthorizer:` of the API that the event names, or of the globals; unknown for an API in a file."""
    named = said.text("RestApiId") or said.text("ApiId") or ""
    api = resources.get(named.removeprefix("Ref: "))
    held = [node for node in (api, outline.get("Globals")) if node is not None]
    said_there = [inner for node in held for inner in node.walk()]
    for each in said_there:
        if each.key == "DefaultAuthorizer":
            yield _guard(each, "iam" if each.value == "AWS_IAM" else "authorizer")
            return
        if each.key in ("DefinitionUri", "DefinitionBody"):
            yield _unknown(event)
            return
    if any(each.key == "ApiKeyRequired" and each.value == "true" for each in said_there):
        yield _guard(event, "api_key")


def _globals(outline: Node) -> dict[str, str]:
    held = outline.get("Globals")
    function = held.get("Function") if held is not None else None
    return {each.key: each.value for each in function.children if each.value} if function is not None else {}


def _of_url(url: Node) -> Iterator[GuardUse]:
    """A function's own address: open unless it asks for IAM."""
    kind = (url.text("authorizer") or url.text("AuthType") or "").lower()
    if "iam" in kind:
        yield _guard(url, "iam")


def _terraform(text: str) -> Iterator[CloudFunction | Entrance]:
    """`aws_lambda_function` and what leads to it: methods of a REST API with integrations, routes of an HTTP API."""
    blocks = [block for block in hcl_blocks(text) if block.kind == "resource" and len(block.labels) == 2]
    for block in blocks:
        kind = block.labels[0]
        if kind == "aws_lambda_function" and (handler := block.text("handler")) is not None:
            yield CloudFunction(block.labels[1], handler, block.place)
            continue
        for function in dict.fromkeys(_FUNCTION.findall(block.body)):
            if kind.endswith("_integration"):
                yield from _terraform_ways(blocks, block, function)
            elif kind == "aws_lambda_function_url":
                yield Entrance(function, "ANY", "/", tuple(_of_address(block)), block.place)
            elif kind in _OWN_EVENTS:
                yield Entrance(function, "EVENT", None, (_made(block.place, "own_account"),), block.place)


def _terraform_ways(blocks: list[Block], integration: Block, function: str) -> Iterator[Entrance]:
    """The methods or routes that an integration serves."""
    for block in blocks:
        if block.labels[0] == "aws_api_gateway_method" and _leads(integration, block):
            method = _method(block.text("http_method"))
            yield Entrance(function, method, _resource_path(blocks, block), tuple(_of_method(block)), block.place)
        elif block.labels[0] == "aws_apigatewayv2_route" and _targets(block, integration):
            method, _, path = (block.text("route_key") or "").partition(" ")
            yield Entrance(function, _method(method), _path(path), tuple(_of_method(block)), block.place)


def _targets(route: Block, integration: Block) -> bool:
    return f".{integration.labels[1]}." in (route.raw("target") or "")


def _of_address(block: Block) -> Iterator[GuardUse]:
    asks = block.text("authorization_type")
    if asks != "NONE":
        yield _made(block.place, "iam" if asks == "AWS_IAM" else "")


def _leads(integration: Block, method: Block) -> bool:
    """Whether an integration is the one of a method: by its name, or by the resource they share."""
    name = f"aws_api_gateway_method.{method.labels[1]}."
    if name in integration.body:
        return True
    resource = method.raw("resource_id")
    return resource is not None and integration.raw("resource_id") == resource and "_method." not in integration.body


def _of_method(block: Block) -> Iterator[GuardUse]:
    asks = block.text("authorization") or block.text("authorization_type")
    if asks in (None, "NONE"):
        if block.raw("authorization") not in (None, '"NONE"') and asks is None:
            yield _made(block.place, "")
        elif block.raw("api_key_required") == "true":
            yield _made(block.place, "api_key")
        return
    yield _made(block.place, {"AWS_IAM": "iam", "JWT": "jwt"}.get(asks or "", "authorizer"))


def _resource_path(blocks: list[Block], method: Block) -> str | None:
    """`/orders/{id}` from `path_part` up to the root."""
    wanted, parts = method.raw("resource_id") or "", list[str]()
    resources = [each for each in blocks if each.labels[0] == "aws_api_gateway_resource"]
    for _ in range(len(blocks)):
        found = next((each for each in resources if f".{each.labels[1]}." in wanted), None)
        if found is None:
            return "/" + "/".join(reversed(parts)) if parts or "root_resource_id" in wanted else None
        parts.append(found.text("path_part") or "{unknown}")
        wanted = found.raw("parent_id") or ""
    return None


def _guard(node: Node, kind: str) -> GuardUse:
    return _made(_place(node), kind)


def _made(place: Place, kind: str) -> GuardUse:
    return GuardUse(f"{ASKS}.{kind}" if kind else "", How.GATEWAY, place, code=_SAID.get(kind, ""))


def _unknown(node: Node) -> GuardUse:
    return _guard(node, "")


def _own_account(node: Node) -> GuardUse:
    """A queue, a schedule, a stream: only the account's own services call it."""
    return _guard(node, "own_account")


def _place(node: Node) -> Place:
    return Place(node.line, 0, node.line, 0)


def _method(text: str | None) -> str:
    method = (text or "ANY").upper().strip("\"'")
    return "ANY" if method in ("*", "$DEFAULT") else method if method in _METHODS else "ANY"


def _path(text: str | None) -> str | None:
    path = (text or "").strip("\"'")
    return f"/{path.lstrip('/')}" if path and "$" not in path else None


def _joined(folder: str, handler: str) -> str:
    return f"{folder.strip('./')}/{handler}" if folder.strip("./") else handler


def _dotted(handler: str) -> str:
    """`./src/orders.create`: `src.orders.create`."""
    return re.sub(r"/+", ".", handler.replace("./", "")).strip(".")
