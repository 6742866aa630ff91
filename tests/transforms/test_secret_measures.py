"""The measurements of the secret reader count right: what is met, what is missed, what is wrong, what nobody labelled."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.bench.clean_libraries import count, count_archive, together
from tests.bench.secret_peers import Label, Score, labels_of, score

GUESSED = "q7" + "Wz" + "9kTr"
LABELS = [
    Label("a/b", "app.py", 10, is_secret=True),
    Label("a/b", "app.py", 20, is_secret=False),
    Label("a/b", "seed.py", 5, is_secret=True),
]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (set(), Score(missed=2)),
        ({("app.py", 10)}, Score(found=1, missed=1)),
        ({("app.py", 11), ("seed.py", 4)}, Score(found=2)),
        ({("app.py", 20)}, Score(missed=2, wrong=1)),
        ({("app.py", 12), ("other.py", 10)}, Score(missed=2, outside=2)),
    ],
)
def test_findings_are_compared_with_labels(places: set[tuple[str, int]], expected: Score) -> None:
    assert score(LABELS, places) == expected


def test_precision_recall_and_f1_are_those_of_the_sum() -> None:
    total = Score(found=3, missed=1, wrong=1).plus(Score(found=1, wrong=0))
    assert (total.precision, total.recall, total.f1) == (0.8, 0.8, pytest.approx(0.8))
    assert Score().f1 == Score(missed=4).f1 == 0.0


def test_only_labels_of_secrets_that_people_agree_on_count(tmp_path: Path) -> None:
    base = {"repo": "a/b", "path": "x.py", "line": 3, "family": "secret", "must_flag": True}
    rows = [
        base,
        base | {"family": "route"},
        base | {"contested": True},
        base | {"line": 0},
        base | {"must_flag": False},
    ]
    (tmp_path / "labels").write_text("\n".join(map(json.dumps, rows)))
    assert [label.is_secret for label in labels_of(tmp_path / "labels")] == [True, False]


def test_findings_in_a_library_are_counted_by_lines(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "a.py").write_text(f'ADMIN_PASSWORD = "{GUESSED}"\n' + "x = 1\n" * 999)
    (tmp_path / "tests" / "test_a.py").write_text(f'PASSWORD = "{GUESSED}"\n')
    (tmp_path / "__pycache__" / "b.py").write_text(f'PASSWORD = "{GUESSED}"\n')
    counted = count(tmp_path)
    assert (counted.files, counted.lines, len(counted.found), len(counted.aside)) == (2, 1001, 1, 1)
    assert counted.rate == pytest.approx(99.9, abs=0.1)
    assert together([counted, counted]).rate == pytest.approx(counted.rate)


def test_a_source_distribution_is_read_as_it_is(tmp_path: Path) -> None:
    archive = tmp_path / "shop-1.0.tar.gz"
    texts = {
        "shop-1.0/src/shop/a.py": f'ADMIN_PASSWORD = "{GUESSED}"\n',
        "shop-1.0/tests/test_a.py": f'PASSWORD = "{GUESSED}"\n',
        "shop-1.0/README.md": f"The admin password is {GUESSED}.\n",
        "shop-1.0/picture.png": f'PASSWORD = "{GUESSED}"\n',
    }
    with tarfile.open(archive, "w:gz") as opened:
        for name, text in texts.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            opened.addfile(member, io.BytesIO(text.encode()))
    counted = count_archive(archive)
    assert (counted.files, counted.lines) == (3, 3)
    assert {use.file for use in counted.found} == {"src/shop/a.py", "README.md"}
    assert {use.file for use in counted.aside} == {"tests/test_a.py"}
