"""Text that looks like a secret, in every place where a pull request has a say: it is in nothing that Tenon writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.llm.double import llm_double
from fixtures.llm.recording import completion
from fixtures.stage import Stage, stage
from tests.e2e.brokered import APPS, Brokered
from tests.e2e.hostile import APP, Blob, committed, propose, said
from tests.e2e.scenes import SHOP, follow_ups
from transforms.secrets import sample

pytestmark = pytest.mark.slow

KEY = sample("stripe-key", 11)
ROUTE = APP.replace(b"/things", b"/hooks/" + KEY.encode())
APP_WITH_KEY = APP.replace(b"app = FastAPI()\n", b'app = FastAPI()\nSTRIPE_API_KEY = "' + KEY.encode() + b'"\n')


@pytest.mark.parametrize(
    ("files", "about"),
    [
        pytest.param({b"app/main.py": Blob(ROUTE)}, {}, id="route"),
        pytest.param({b"app/" + KEY.encode() + b".py": Blob(APP)}, {}, id="file name"),
        pytest.param({b"app/main.py": Blob(APP)}, {"title": KEY, "body": f"Made-with: {KEY}"}, id="title and body"),
        pytest.param({b"app/main.py": Blob(APP)}, {"branch": f"cursor/{KEY}"}, id="branch"),
        pytest.param({b"app/main.py": Blob(APP_WITH_KEY), b"app/link.py": Blob(KEY.encode(), "120000")}, {}, id="code"),
    ],
)
def test_a_key_is_in_nothing_that_is_written(on_stage: Stage, files: dict[bytes, Blob], about: dict[str, str]) -> None:
    number = propose(on_stage, files, **about)
    (check,) = on_stage.double.check_runs(SHOP, on_stage.double.pull(SHOP, number).head_sha)
    assert (check.status, check.conclusion) == ("completed", "neutral")
    assert KEY not in repr([note["message"] for note in check.annotations])
    assert all(KEY not in text for text in said(on_stage, number).values())
    assert all(KEY not in message for message in committed(on_stage))


def talkative(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """A model that answers whatever it is asked."""
    wants_text = "text" in body["response_format"]["json_schema"]["schema"]["properties"]
    answer = {"text": "Secrets are asked for."} if wants_text else {"opinion": "unsure", "reason": "context"}
    return 200, completion(json.dumps(answer))


@pytest.mark.parametrize("app", APPS, ids=lambda each: each.name)
def test_a_canary_is_in_no_text_branch_plan_database_log_or_question_to_a_model(
    app: Brokered, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    values = list(app.values().values())
    with llm_double(talkative) as llm:
        settings = {"TENON_LLM_BASE_URL": llm.base_url, "TENON_LLM_MODEL": "small", "TENON_LLM_API_KEY": "not-a-key"}
        with stage(tmp_path, settings={**settings, "TENON_LOG_LEVEL": "DEBUG"}) as on_stage:
            number = propose(on_stage, {path.encode(): Blob(content) for path, content in app.files().items()})
            (pull,) = follow_ups(on_stage)
            texts = {**said(on_stage, number), "commits": "\n".join(committed(on_stage))}
            branch = {
                path: on_stage.double.file(SHOP, pull.head_ref, path)
                for path in on_stage.double.paths(SHOP, pull.head_ref)
            }
    assert "Secrets that leave the code" in texts["body"]
    # Git's objects are what was pushed, and hold it by their nature: nobody but the service's own user may read them.
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    kept = {str(path): path.read_bytes() for path in files if "objects" not in path.parts}
    (mirrors,) = (tmp_path / "data").glob("mirrors")
    assert mirrors.stat().st_mode & 0o077 == 0
    assert all("mirrors" in path.parts for path in files if "objects" in path.parts)
    assert any("mirrors" in Path(place).parts for place in kept)
    assert any(place.endswith(".db") for place in kept)
    assert llm.requests
    contents = {
        **{place: text.encode() for place, text in texts.items()}, **branch, **kept,
        "log": "".join(capfd.readouterr()).encode(), "model": json.dumps(llm.requests).encode(),
    }  # fmt: skip
    assert [place for place, text in contents.items() if any(value.encode() in text for value in values)] == []
