"""Text that looks like a secret, in every place where a pull request has a say: it is in nothing that Tenon writes."""

import pytest

from fixtures.stage import Stage
from tests.e2e.hostile import APP, Blob, committed, propose, said
from tests.e2e.scenes import SHOP
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
