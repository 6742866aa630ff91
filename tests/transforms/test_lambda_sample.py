"""The annotated sample of cloud functions: routes, callers and writes are read as annotated, from code and templates."""

import re
from pathlib import Path

import pytest

from fixtures import frameworks as samples
from transforms.app import App
from transforms.concepts import Entrance, Kind, Route
from transforms.facts import Facts, dump, load
from transforms.gateways import declared
from transforms.outlines import hcl_blocks, yaml_outline
from transforms.scanning import read_facts
from transforms.source import SourceFile

FOLDER = Path(next(iter(samples.__path__))) / "aws_lambda"
ANNOTATION = re.compile(r"# route: (\S+ \S+) access=(\w+) writes=(\w+)")
ANNOTATED = ANNOTATION.findall((FOLDER / "orders.py").read_text(encoding="utf-8"))


def app_of(files: dict[str, str]) -> App:
    found = [read_facts(SourceFile(path, text.encode())) for path, text in files.items()]
    facts = [each for each in found if isinstance(each, Facts)]
    assert [load(dump(each)) for each in facts] == facts
    return App(facts)


@pytest.fixture(scope="module")
def app() -> App:
    return app_of({f"cloud/{path.name}": path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())})


def named(app: App, name: str) -> Route:
    (route,) = [route for route in app.routes if route.name == name]
    return route


def test_exactly_the_annotated_routes_are_found(app: App) -> None:
    assert sorted(route.name for route in app.routes) == sorted(name for name, _, _ in ANNOTATED)


@pytest.mark.parametrize(("name", "access", "writes"), ANNOTATED)
def test_access_and_writes_are_as_annotated(app: App, name: str, access: str, writes: str) -> None:
    routes = [route for route in app.routes if route.name == name]
    bodies = [app.judge.bodies.of(route.does) for route in routes]
    found = [app.access(route).answer.value for route in routes], ["yes" if each.writes else "no" for each in bodies]
    assert (access, writes) in zip(*found, strict=True)


def test_a_route_points_at_its_handler_and_at_the_template_that_lets_requests_in(app: App) -> None:
    route = named(app, "POST /parcels")
    assert (route.file, route.handler, route.kind) == ("cloud/orders.py", "cloud.orders.parcels", Kind.FUNCTION)
    lines = (FOLDER / "main.tf").read_text(encoding="utf-8").splitlines()
    assert route.registered_in == "cloud/main.tf"
    assert lines[route.entry.line - 1] == 'resource "aws_apigatewayv2_route" "send" {'


def test_an_api_key_is_told_to_be_no_sign_in(app: App) -> None:
    notes = [trace.note for trace in app.access(named(app, "POST /planned")).traces]
    assert notes == ["the gateway in front of it asks for an API key, which does not say who calls"]


HANDLER = "def handler(event, context):\n    return {}\n"


def test_code_may_lie_in_another_folder_than_its_template() -> None:
    template = 'resource "aws_lambda_function" "f" {\n  handler = "app.handler"\n}\n'
    address = (
        'resource "aws_lambda_function_url" "f" {\n'
        "  function_name      = aws_lambda_function.f.function_name\n"
        '  authorization_type = "AWS_IAM"\n}\n'
    )
    app = app_of({"infra/main.tf": template, "infra/url.tf": address, "code/app.py": HANDLER})
    assert [(route.name, app.access(route).answer.value) for route in app.routes] == [("ANY /", "yes")]


def test_of_two_functions_of_one_name_none_is_taken_for_the_other() -> None:
    template = 'resource "aws_lambda_function" "f" {\n  handler = "app.handler"\n}\n'
    app = app_of({"infra/main.tf": template, "one/app.py": HANDLER, "two/app.py": HANDLER})
    assert {app.access(route).answer.value for route in app.routes} == {"unknown"}


def entrances(text: str, path: str = "serverless.yml") -> list[Entrance]:
    return list(declared(path, text)[1])


def test_an_authorizer_for_the_whole_api_leaves_a_route_without_one_unknown() -> None:
    (entrance,) = entrances(
        "provider:\n  httpApi:\n    authorizers:\n      company: {type: jwt}\n    authorizer: company\n"
        "functions:\n  f:\n    handler: app.f\n    events:\n      - httpApi: GET /x\n"
    )
    assert [guard.target for guard in entrance.guards] == [""]


def test_an_api_that_is_described_in_another_file_is_unknown() -> None:
    (entrance,) = entrances(
        "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      DefinitionUri: api.yaml\n"
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.f\n      Events:\n"
        "        E:\n          Type: Api\n          Properties:\n            RestApiId: !Ref Api\n"
        "            Path: /x\n            Method: get\n",
        "template.yaml",
    )
    assert [guard.target for guard in entrance.guards] == [""]


@pytest.mark.parametrize(
    "text", ["", "a", "- - -\n:", "functions:\n- x", "functions: {", "Resources:\n  F: !Ref\n", "\t\n"]
)
def test_a_text_that_is_no_template_declares_nothing(text: str) -> None:
    assert declared("template.yaml", text) == ((), ())
    assert declared("main.tf", f'aws_lambda_function\nresource "x" "y" {{\n{text}') == ((), ())


def test_mappings_on_one_line_may_hold_each_other() -> None:
    outline = yaml_outline("a: {b: !Ref c, 'd': {e: [f, g], h: \"i, j\"}, k: l}\n")
    a = outline.get("a")
    assert a is not None
    assert [(each.key, each.value) for each in a.children] == [
        ("b", "c"),
        ("d", '{e: [f, g], h: "i, j"}'),
        ("k", "l"),
    ]
    assert [(each.key, each.value) for each in a.children[1].children] == [("e", "[f, g]"), ("h", "i, j")]


def test_a_function_of_sam_may_say_its_events_on_one_line() -> None:
    written = (
        "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n"
        "      Auth: {DefaultAuthorizer: Pool, Authorizers: {Pool: {UserPoolArn: !GetAtt P.Arn}}}\n"
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: orders.create\n      Events:\n"
        "        A: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /orders, Method: post}}\n"
        "        B: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /all, Method: get, Auth: {Authorizer: NONE}}}\n"
    )
    _, entrances = declared("template.yaml", written)
    assert [(each.method, each.path, bool(each.guards)) for each in entrances] == [
        ("POST", "/orders", True),
        ("GET", "/all", False),
    ]


def test_an_outline_keeps_keys_values_and_lines() -> None:
    outline = yaml_outline("a:\n  b: 'x' # why\n  c:\n  - one\n  - d: 2\n    e: {f: g, h: i}\n")
    a = outline.get("a")
    assert a is not None
    assert a.text("b") == "x"
    c = a.get("c")
    assert c is not None
    assert [each.value for each in c.children] == ["one", None]
    assert [(each.key, each.value, each.line) for each in c.children[1].children] == [
        ("d", "2", 5),
        ("e", "{f: g, h: i}", 6),
    ]
    assert [(each.key, each.value) for each in c.children[1].children[1].children] == [("f", "g"), ("h", "i")]


def test_blocks_end_where_their_braces_close() -> None:
    first, second = hcl_blocks('resource "a" "b" {\n  x = { y = "1" }\n}\n\ndata "c" "d" {\n  z = "2" // why\n}\n')
    assert (first.labels, first.place.line, first.text("z")) == (("a", "b"), 1, None)
    assert (second.kind, second.text("z")) == ("data", "2")


KEY = 'import boto3\nt = boto3.resource("dynamodb").Table("t")\ndef f(event, context):\n{}    t.put_item(Item={{"a": event["body"]}})\n    return {{}}\n'
NO = "        return {'statusCode': 401}\n"
THERE = f"    if not event['headers'].get('x-api-key'):\n{NO}"
ASKS_WHETHER_THERE = {
    "a header": THERE,
    "one of the headers, in lower case": "    h = {k.lower(): v for k, v in (event.get('headers') or {}).items()}\n"
    f"    key = h.get('x-api-key')\n    if key is None:\n{NO}",
    "headers under a name": f"    headers = event.get('headers') or {{}}\n    if 'authorization' not in headers:\n{NO}",
    "what another function says of it": f"    if not there(event):\n{NO}",
}
LOOKS = {
    "a comparison": f"    import os\n    if event['headers'].get('x-api-key') != os.environ['KEY']:\n{NO}",
    "what the gateway has said": f"    if not event['requestContext']['authorizer'].get('claims'):\n{NO}",
    "another function": f"    if not event['headers'].get('authorization') or not good(event):\n{NO}",
}
OTHERS = (
    "\ndef there(event):\n    return bool((event.get('headers') or {}).get('x-api-key'))\n"
    "def good(event):\n    import jwt\n    return jwt.decode(event['headers']['authorization'], KEYS, ['RS256'])\n"
)
YAML = "functions:\n  f:\n    handler: app.f\n    events:\n      - http: {{path: x, method: post{}}}\n"
SAM = (
    "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      Auth:\n        ApiKeyRequired: true\n"
    "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.f\n      Events:\n"
    "        E: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /x, Method: post}}\n"
)


def answered(body: str, **templates: str) -> str:
    named = {name.replace("_", "."): text for name, text in templates.items()}
    app = app_of({"app.py": KEY.format(body) + OTHERS, **named})
    (route,) = app.routes
    return app.access(route).answer.value


@pytest.mark.parametrize("why", ASKS_WHETHER_THERE)
def test_a_key_that_is_only_asked_for_is_right_where_the_gateway_asks_for_it(why: str) -> None:
    body = ASKS_WHETHER_THERE[why]
    assert answered(body, serverless_yml=YAML.format("")) != "yes"
    assert answered(body) == "unknown"


def test_a_gateway_that_asks_for_the_key_vouches_for_it() -> None:
    assert answered(THERE, serverless_yml=YAML.format(", private: true")) == "yes"
    assert answered(THERE, template_yaml=SAM) == "yes"
    assert answered("", template_yaml=SAM) == "no"


@pytest.mark.parametrize("why", LOOKS)
def test_who_looks_at_a_key_needs_no_gateway(why: str) -> None:
    assert answered(LOOKS[why], serverless_yml=YAML.format("")) == "yes"
