"""The webhook service: verify, reduce to facts, store, answer 202. Nothing else happens in the request.

The signature is checked over the raw bytes, in constant time, before anything is parsed. A refusal is a short JSON body
`{"error": sentence, "cause": name}`, and a counter carries the same name. The process needs neither libcst nor an LLM
client nor PyGithub.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from bot.config import Config
from bot.database import LOST
from bot.errors import TenonError
from bot.intake import Intake, StoreUnavailable
from bot.metrics import CONTENT_TYPE, Metrics
from bot.store import Arrival, InstallationChange, InstallationState, Receipt, Store
from bot.webhooks import Event, Payload, read

log = logging.getLogger(__name__)

BODY_SECONDS = 10.0  # GitHub gives up after 10 s, so a body that takes longer is of no use to anybody
GUID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")

IsKnown = Callable[[int], bool]
"""Whether GitHub knows this installation id as ours; may ask the network, may raise TenonError."""


class Cause(StrEnum):
    """Why a delivery is refused: the name in the answer and of the counter."""

    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    NO_SIGNATURE = "no_signature"
    BAD_SIGNATURE = "bad_signature"
    BAD_DELIVERY_ID = "bad_delivery_id"
    UNKNOWN_EVENT = "unknown_event"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    NO_INSTALLATION = "no_installation"
    UNKNOWN_INSTALLATION = "unknown_installation"
    SUSPENDED_INSTALLATION = "suspended_installation"
    STORE_UNAVAILABLE = "store_unavailable"
    DEFECT = "defect"


REFUSALS: dict[Cause, tuple[HTTPStatus, str]] = {
    Cause.TOO_LARGE: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than TENON_BODY_LIMIT allows."),
    Cause.TOO_SLOW: (HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time."),
    Cause.WRONG_CONTENT_TYPE: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json."),
    Cause.NO_SIGNATURE: (HTTPStatus.UNAUTHORIZED, "The header X-Hub-Signature-256 is missing."),
    Cause.BAD_SIGNATURE: (HTTPStatus.UNAUTHORIZED, "The signature does not fit the body and the webhook secret."),
    Cause.BAD_DELIVERY_ID: (HTTPStatus.BAD_REQUEST, "The header X-GitHub-Delivery is missing or malformed."),
    Cause.UNKNOWN_EVENT: (HTTPStatus.UNPROCESSABLE_ENTITY, "Tenon does not handle this event; unsubscribe from it."),
    Cause.NOT_JSON: (HTTPStatus.BAD_REQUEST, "The body is not complete JSON."),
    Cause.WRONG_SHAPE: (HTTPStatus.UNPROCESSABLE_ENTITY, "The payload lacks fields that this event must have."),
    Cause.NO_INSTALLATION: (HTTPStatus.UNPROCESSABLE_ENTITY, "The payload names no installation of a GitHub App."),
    Cause.UNKNOWN_INSTALLATION: (HTTPStatus.NOT_FOUND, "Tenon is not installed there."),
    Cause.SUSPENDED_INSTALLATION: (HTTPStatus.FORBIDDEN, "The installation is suspended."),
    Cause.STORE_UNAVAILABLE: (HTTPStatus.SERVICE_UNAVAILABLE, "The delivery could not be stored; deliver it again."),
    Cause.DEFECT: (HTTPStatus.INTERNAL_SERVER_ERROR, "Tenon hit a defect of its own; the delivery was not stored."),
}  # fmt: skip


class Refused(Exception):
    """A delivery is not taken."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


def create_app(
    config: Config,
    store: Store,
    intake: Intake,
    metrics: Metrics,
    *,
    is_known: IsKnown | None = None,
    worker_is_alive: Callable[[], bool] = lambda: True,
    routers: tuple[APIRouter, ...] = (),
) -> FastAPI:
    """The ASGI application. Raises ConfigError without a webhook secret.

    `is_known` is asked about installations that no `installation` event has told of; without it they are refused.
    """
    desk = Receiver(config, store, intake, metrics, is_known)
    app = FastAPI(title="Tenon", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/webhooks/github", desk.receive, methods=["POST"], response_model=None)
    health = Health(store, intake, metrics, worker_is_alive)
    app.add_api_route("/healthz", health.alive, methods=["GET"], response_model=None)
    app.add_api_route("/readyz", health.ready, methods=["GET"], response_model=None)
    app.add_api_route("/metrics", health.metrics, methods=["GET"], response_model=None)
    for router in routers:
        app.include_router(router)
    return app


class Receiver:
    """Takes one delivery after the other; holds nothing between two of them."""

    def __init__(
        self, config: Config, store: Store, intake: Intake, metrics: Metrics, is_known: IsKnown | None
    ) -> None:
        self._secret = config.require_webhook_secret().get_secret_value().encode()
        self._body_limit = config.body_limit
        self._bot_login = config.bot_login()
        self._store = store
        self._intake = intake
        self._metrics = metrics
        self._is_known = is_known

    async def receive(self, request: Request) -> Response:
        """`POST /webhooks/github`."""
        started = time.perf_counter()
        try:
            return await self._receive(request)
        except Refused as refused:
            return self._refuse(refused.cause)
        except Exception:  # the web's outer edge: the sender gets an answer, the log the traceback
            log.exception("a delivery met a defect")
            return self._refuse(Cause.DEFECT)
        finally:
            self._metrics.webhook_seconds.observe(time.perf_counter() - started)

    async def _receive(self, request: Request) -> Response:
        body = await _body(request, self._body_limit)
        self._verify(body, request.headers.get("x-hub-signature-256"))
        event, guid = _heading(request)
        payload = _parse(body)
        if event is Event.PING:
            return _answer(HTTPStatus.OK, {"status": "pong"})
        if payload.installation is None:
            raise Refused(Cause.NO_INSTALLATION)
        if event is Event.PULL_REQUEST and (payload.pull_request is None or payload.repository is None):
            raise Refused(Cause.WRONG_SHAPE)
        return await self._store_arrival(read(event, guid, payload, self._bot_login))

    def _verify(self, body: bytes, signature: str | None) -> None:
        if signature is None:
            raise Refused(Cause.NO_SIGNATURE)
        expected = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Refused(Cause.BAD_SIGNATURE)

    async def _store_arrival(self, arrival: Arrival) -> Response:
        receipt = await self._take(arrival)
        if receipt in (Receipt.UNKNOWN_INSTALLATION, Receipt.SUSPENDED_INSTALLATION) and await self._learn(arrival):
            receipt = await self._take(arrival)
        if receipt is Receipt.UNKNOWN_INSTALLATION:
            raise Refused(Cause.UNKNOWN_INSTALLATION)
        if receipt is Receipt.SUSPENDED_INSTALLATION:
            raise Refused(Cause.SUSPENDED_INSTALLATION)
        return self._accepted(arrival, receipt)

    async def _take(self, arrival: Arrival) -> Receipt:
        try:
            return await self._intake.take(arrival)
        except StoreUnavailable:
            raise Refused(Cause.STORE_UNAVAILABLE) from None

    async def _learn(self, arrival: Arrival) -> bool:
        """Ask about an installation that no event told of: the App may be older than this database."""
        if self._is_known is None:
            return False
        try:
            known = await asyncio.to_thread(self._is_known, arrival.installation_id)
        except TenonError as error:
            # GitHub does not deliver again by itself. A wrong guess fails later: the job needs a token from there.
            log.warning("installation %d could not be verified: %s", arrival.installation_id, error)
            known = True
        if known:
            change = InstallationChange(arrival.installation_id, "", InstallationState.ACTIVE)
            await asyncio.to_thread(self._store.installations.learn, change)
        return known

    def _accepted(self, arrival: Arrival, receipt: Receipt) -> Response:
        if receipt is Receipt.DUPLICATE:
            self._metrics.duplicates.labels(event=arrival.event).inc()
            return _answer(HTTPStatus.ACCEPTED, {"status": "duplicate", "delivery": arrival.guid})
        self._metrics.deliveries.labels(event=arrival.event).inc()
        if arrival.reason is None:
            self._metrics.ignored.labels(cause=arrival.cause).inc()
            return _answer(HTTPStatus.ACCEPTED, {"status": "ignored", "cause": arrival.cause, "delivery": arrival.guid})
        return _answer(HTTPStatus.ACCEPTED, {"status": "accepted", "delivery": arrival.guid})

    def _refuse(self, cause: Cause) -> Response:
        self._metrics.rejected.labels(cause=cause.value).inc()
        status, sentence = REFUSALS[cause]
        return _answer(status, {"error": sentence, "cause": cause.value})


class Health:
    """What orchestrators and Prometheus ask."""

    def __init__(self, store: Store, intake: Intake, metrics: Metrics, worker_is_alive: Callable[[], bool]) -> None:
        self._store = store
        self._intake = intake
        self._metrics = metrics
        self._worker_is_alive = worker_is_alive
        metrics.watch_backlog(self._backlog)

    def _backlog(self) -> dict[str, int]:
        try:
            return self._store.deliveries.counts()
        except LOST:
            return {}  # the other metrics are worth having when the database is away

    async def alive(self) -> Response:
        """`GET /healthz`: the process answers."""
        return _answer(HTTPStatus.OK, {"status": "alive"})

    def ready(self) -> Response:
        """`GET /readyz`: deliveries can be stored, and the worker in this process (if any) beats."""
        checks = {
            "database": self._store.is_reachable(),
            "intake": self._intake.is_alive(),
            "worker": self._worker_is_alive(),
        }
        status = HTTPStatus.OK if all(checks.values()) else HTTPStatus.SERVICE_UNAVAILABLE
        return _answer(status, {name: "ok" if well else "failing" for name, well in checks.items()})

    def metrics(self) -> Response:
        """`GET /metrics`: Prometheus text."""
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)


async def _body(request: Request, limit: int) -> bytes:
    """The raw bytes, at most `limit` of them: a larger body is refused without being read to its end."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(Cause.WRONG_CONTENT_TYPE)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise Refused(Cause.TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise Refused(Cause.TOO_LARGE)
    except TimeoutError:
        raise Refused(Cause.TOO_SLOW) from None
    except ClientDisconnect:
        raise Refused(Cause.NOT_JSON) from None  # cut off: nobody reads the answer, but it is counted
    return bytes(body)


def _heading(request: Request) -> tuple[Event, str]:
    """Event and GUID, as the headers say."""
    guid = request.headers.get("x-github-delivery", "")
    if not GUID.fullmatch(guid):
        raise Refused(Cause.BAD_DELIVERY_ID)
    try:
        return Event(request.headers.get("x-github-event", "")), guid
    except ValueError:
        raise Refused(Cause.UNKNOWN_EVENT) from None


def _parse(body: bytes) -> Payload:
    try:
        return Payload.model_validate_json(body)
    except ValidationError as error:
        broken = any(item["type"] == "json_invalid" for item in error.errors(include_input=False, include_url=False))
        raise Refused(Cause.NOT_JSON if broken else Cause.WRONG_SHAPE) from None


def _answer(status: HTTPStatus, content: dict[str, str]) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")
