"""The container as far as it can be proven without an engine: linted, read, and its steps run in a plain venv."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Config
from fixtures.github.access import private_key_pem
from tests.bot.patience import until

ROOT = Path(__file__).parents[1]
HADOLINT = Path(sys.executable).with_name("hadolint")


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile, its continued lines joined."""

    word: str
    rest: str


@dataclass(slots=True)
class Stage:
    """One FROM and what follows it."""

    image: str
    steps: list[Step] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [step.rest for step in self.steps if step.word == word]


def stages() -> list[Stage]:
    """The stages of the Dockerfile."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append(Stage(rest))
        elif word:
            found[-1].steps.append(Step(word, rest.strip()))
    return found


def compose() -> dict[str, Any]:
    """compose.yaml as data, its anchors and merges resolved."""
    data: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return data


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HADOLINT, "--no-color", path], capture_output=True, text=True, check=False)


def test_the_linter_has_nothing_to_say() -> None:
    done = lint(ROOT / "Dockerfile")
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_linter_does_lint(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp && apt-get install git\n")
    assert lint(tmp_path / "Dockerfile").returncode != 0


def test_the_image_that_runs_has_no_root_no_installer_step_and_a_health_check() -> None:
    _, last = stages()
    assert last.all("USER") == ["10001"]
    assert last.all("VOLUME") == ["/data"]
    assert last.all("ENTRYPOINT") == ['["tenon"]']
    assert "/readyz" in last.all("HEALTHCHECK")[0]
    assert not [run for run in last.all("RUN") if "pip" in run]


def test_everything_that_is_copied_is_there_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    for copied in stages()[0].all("COPY"):
        for name in copied.split()[:-1]:
            assert (ROOT / name).exists(), name
            assert name not in ignored


def test_no_secret_reaches_the_builder() -> None:
    assert {".env", "*.pem", ".git"} <= set((ROOT / ".dockerignore").read_text().split())


def test_compose_starts_one_receiver_two_workers_and_a_database() -> None:
    services = compose()["services"]
    assert set(services) == {"web", "worker", "database"}
    assert services["web"]["command"] == ["serve", "--no-worker"]
    assert services["worker"]["command"] == ["work"]
    assert services["worker"]["deploy"] == {"replicas": 2}
    assert services["database"]["image"].startswith("postgres:")
    assert services["database"]["healthcheck"]["test"][0] == "CMD-SHELL"


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_service_may_write_to_its_volume_alone(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    (volume,) = service["volumes"]
    source, target = volume.split(":")
    assert target == "/data"
    assert source in compose()["volumes"]
    assert service["depends_on"]["database"]["condition"] == "service_healthy"


def test_compose_is_open_to_this_machine_alone_and_holds_no_secret() -> None:
    assert compose()["services"]["web"]["ports"] == ["127.0.0.1:8080:8080"]
    for name in ("TENON_WEBHOOK_SECRET", "TENON_DATABASE_URL"):
        assert "${" in compose()["services"]["web"]["environment"][name]


def test_every_setting_in_container_and_compose_exists() -> None:
    texts = (ROOT / name for name in ("Dockerfile", "compose.yaml"))
    named = {name for text in texts for name in re.findall(r"TENON_([A-Z_]+)", text.read_text())}
    assert named
    assert {name.lower() for name in named} <= set(Config.model_fields)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The build stage, run step by step below a folder that stands for the root; returns the venv that came out."""
    root = tmp_path / "image"
    work, environment = root / "src", dict(os.environ)
    work.mkdir(parents=True)
    for step in stages()[0].steps:
        if step.word == "ENV":
            environment |= dict(pair.split("=", 1) for pair in step.rest.split())
            environment.pop("PIP_NO_CACHE_DIR", None)  # a layer keeps no cache; this machine's is welcome
        elif step.word == "COPY":
            *names, target = step.rest.split()
            for name in names:
                copy(ROOT / name, work / target / (name if target == "./" else ""))
        elif step.word == "RUN":
            command = step.rest.replace("/venv", str(root / "venv")).replace(
                "python -m venv", f"{sys.executable} -m venv"
            )
            done = subprocess.run(
                command, shell=True, cwd=work, env=environment, capture_output=True, text=True, timeout=600, check=False
            )
            assert done.returncode == 0, done.stderr[-3000:]
    return root / "venv"


def copy(source: Path, target: Path) -> None:
    """As COPY does: a folder's contents, or a file."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@dataclass(frozen=True, slots=True)
class Running:
    """The service, started from the image's venv."""

    process: subprocess.Popen[str]
    url: str
    home: Path


@pytest.fixture
def service(image: Path, tmp_path: Path) -> Iterator[Running]:
    """`tenon serve` with nothing but what the image and compose give it."""
    home, data, key = tmp_path / "home", tmp_path / "data", tmp_path / "private-key.pem"
    home.mkdir()
    data.mkdir()
    key.touch(mode=0o600)
    key.write_text(private_key_pem())
    environment = {
        "PATH": f"{image / 'bin'}:/usr/bin:/bin",
        "HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TENON_DATA_DIR": str(data),
        "TENON_PORT": "0",
        "TENON_APP_ID": "1",
        "TENON_WEBHOOK_SECRET": "a-secret-of-this-test",
        "TENON_PRIVATE_KEY_FILE": str(key),
        "TENON_GITHUB_API_URL": "http://127.0.0.1:9",
    }
    (command,) = re.findall(r'\["(\w+)"\]', " ".join(stages()[1].all("ENTRYPOINT")))
    (argument,) = re.findall(r'\["(\w+)"\]', " ".join(stages()[1].all("CMD")))
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [image / "bin" / command, argument], cwd=home, env=environment, stderr=log, text=True
        )
    try:
        until(
            lambda: "listening on" in (tmp_path / "log").read_text() or process.poll() is not None,
            "the service listens",
        )
        (url,) = re.findall(r"listening on (\S+)", (tmp_path / "log").read_text())
        yield Running(process, url, home)
    finally:
        process.kill()
        process.wait()


def health_check(image: Path, port: str) -> int:
    """What the container's own health check comes to, at another port."""
    (check,) = stages()[1].all("HEALTHCHECK")
    *_, script = re.findall(r'"((?:[^"\\]|\\.)*)"', check)
    return subprocess.run([image / "bin" / "python", "-c", script.replace("8080", port)], check=False).returncode


@pytest.mark.slow
def test_the_image_serves_scans_writes_nowhere_else_and_stops_when_told(image: Path, service: Running) -> None:
    before = set(image.rglob("*"))
    port = service.url.rpartition(":")[2]
    until(lambda: health_check(image, port) == 0, "the health check is content")
    assert scan_with(image, OPEN_APP).startswith("main.py\n")
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=30) == 0
    assert health_check(image, port) != 0
    assert list(service.home.rglob("*")) == []
    assert set(image.rglob("*")) == before


OPEN_APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/orders')\ndef order():\n    save()\n"


def scan_with(image: Path, code: str) -> str:
    """What the image's own command prints about a folder with findings."""
    folder = image.parent / "app"
    folder.mkdir()
    (folder / "main.py").write_text(code)
    command = [image / "bin" / "tenon", "scan", folder, "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout
