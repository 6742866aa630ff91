"""How long a sender waits for its 202: 200 deliveries a second over loopback, service in a process of its own, SQLite.

The load is an open loop: deliveries are due at fixed times whether or not earlier ones were answered, and a latency
counts from the time a delivery was due, so a stall is seen by all it holds up. Measured three times: the web process
alone (workers elsewhere, as in compose.yaml), beside a child process that is busy with jobs of pure Python, and with
such jobs in the web's own process.
"""

import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RATE = 200  # deliveries a second
SECONDS = 10.0
CONNECTIONS = 40  # kept open, as GitHub's senders do
PAYLOAD_BYTES = 20_000  # a usual pull_request payload
SECRET = "bench-" + "only"
JOB_SECONDS = 0.05  # CPU of one job of the busy worker
WRITE_BYTES = 16_000  # what the log of SQLite grows by for one delivery
DISK_SECONDS = 5.0
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
MODES = {
    "web": "workers elsewhere",
    "beside": "busy worker in a child process",
    "inside": "busy worker in the same process",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: latency in seconds of each 202, and how many other answers by status (0: no answer)."""

    latencies: list[float]
    errors: Counter[int]


def run() -> Iterable[tuple[str, str]]:
    """Rows of label and figure."""
    yield f"a durable write of {WRITE_BYTES // 1000} kB alone, at {RATE}/s", _quantiles(_disk())
    for mode, label in MODES.items():
        answers = _measure(mode)
        errors = sum(answers.errors.values())
        yield f"webhook 202 at {RATE}/s, {label}", f"{_quantiles(answers.latencies)}, errors {errors}"


def _quantiles(seconds: list[float]) -> str:
    """Three quantiles and the longest, in milliseconds."""
    ordered = sorted(seconds)
    named = ((name, ordered[int(share * (len(ordered) - 1))]) for name, share in SHARES.items())
    return ", ".join(f"{name} {value * 1000:.1f} ms" for name, value in named)


def _disk() -> list[float]:
    """Seconds of each write and `fdatasync`, counted from the time each was due."""
    taken = []
    with tempfile.TemporaryFile() as file:
        start = time.perf_counter()
        for index in range(int(RATE * DISK_SECONDS)):
            due = start + index / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            os.pwrite(file.fileno(), b"x" * WRITE_BYTES, index * WRITE_BYTES)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - due)
    return taken


def _measure(mode: str) -> Answers:
    with tempfile.TemporaryDirectory() as directory:
        environment = {**os.environ, "TENON_DATA_DIR": directory, "TENON_WEBHOOK_SECRET": SECRET, "TENON_PORT": "0"}
        environment |= {"TENON_LOG_LEVEL": "WARNING"}
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.webhook", mode], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().strip().rpartition(":")[2])
            asyncio.run(_load(port, _requests(RATE)))  # warm: the first requests compile SQL and models
            return asyncio.run(_load(port, _requests(int(RATE * SECONDS))))
        finally:
            server.terminate()
            server.wait(timeout=30)


def _requests(number: int) -> list[bytes]:
    """Signed requests, ready to be sent: each a push to another pull request."""
    made = []
    for index in range(number):
        pull = {"number": index + 1, "head": {"sha": f"{index:040x}", "ref": "feature"}, "body": "x" * PAYLOAD_BYTES}
        payload = {
            "action": "synchronize",
            "installation": {"id": index % 20 + 1},
            "repository": {"id": index % 50 + 1, "full_name": f"acme/shop-{index % 50}"},
            "sender": {"login": "someone"},
            "pull_request": pull,
        }
        body = json.dumps(payload).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        head = (
            f"POST /webhooks/github HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-github-event: pull_request\r\n"
            f"x-github-delivery: {number}-{index}\r\nx-hub-signature-256: sha256={signature}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def _load(port: int, requests: list[bytes]) -> Answers:
    answers = Answers([], Counter())
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    senders = [asyncio.create_task(_sender(port, waiting, answers)) for _ in range(CONNECTIONS)]
    start = time.perf_counter() + 0.2
    for index, request in enumerate(requests):
        due = start + index / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        waiting.put_nowait((due, request))
    await waiting.join()
    for sender in senders:
        sender.cancel()
    return answers


async def _sender(port: int, waiting: "asyncio.Queue[tuple[float, bytes]]", answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        due, request = await waiting.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        status = int(head.split(b" ", 2)[1])
        if status == 202:
            answers.latencies.append(time.perf_counter() - due)
        else:
            answers.errors[status] += 1
        waiting.task_done()


class BusyRunner:
    """Jobs that do nothing but keep the interpreter busy."""

    def begin(self, request: object) -> None:
        """Nothing to show."""

    def analyse(self, request: object) -> dict[str, int]:
        """Pure Python, as parsing is."""
        end, rounds = time.thread_time() + JOB_SECONDS, 0
        while time.thread_time() < end:
            rounds += 1
        return {"rounds": rounds}

    def publish(self, request: object, digest: object) -> object:
        """Done."""
        from bot.jobs import JobResult, JobState

        return JobResult(JobState.DONE, "")

    def fail(self, request: object, sentence: str) -> None:
        """Nothing to show."""


def _serve(mode: str) -> int:
    from bot.config import load
    from bot.service import Parts, serve, work

    if mode == "work":
        return work(load(), BusyRunner)
    places = {
        "web": Parts(is_known=lambda _id: True),
        "beside": Parts(
            is_known=lambda _id: True, worker_command=(sys.executable, "-m", "tests.bench.webhook", "work")
        ),
        "inside": Parts(is_known=lambda _id: True, runner_factory=BusyRunner),
    }
    return serve(load(), places[mode], on_ready=_say)


def _say(url: str) -> None:
    sys.stdout.write(url + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    assert Path("bot").is_dir(), "run from the project's root"
    sys.exit(_serve(sys.argv[1]))
