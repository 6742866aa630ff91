"""Cited standards exist: their ids have the form their publisher gives them, and a typo fails at import."""

import re

import pytest

from transforms.controls import controls
from transforms.standards import _TITLES, Standard

FORMS = {
    "NIST-CSF-2.0": r"(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-\d{2}",
    "OWASP-NHI-2025": r"NHI([1-9]|10)",
    "OWASP-API-2023": r"API([1-9]|10)",
    "NIST-AI-RMF-1.0": r"(GOVERN|MAP|MEASURE|MANAGE)-\d\.\d",
}


@pytest.mark.parametrize("identifier", _TITLES)
def test_an_id_has_the_form_of_its_publisher(identifier: str) -> None:
    publisher, _, number = identifier.partition(":")
    if number:
        assert re.fullmatch(FORMS[publisher], number)
    else:
        assert re.fullmatch(r"CWE-[1-9]\d{0,4}", identifier)


@pytest.mark.parametrize("identifier", _TITLES)
def test_a_title_is_one_line_that_a_person_reads(identifier: str) -> None:
    title = Standard(identifier).title
    assert title == title.strip()
    assert "\n" not in title
    assert title[0].isupper()
    assert not title.endswith(".")


@pytest.mark.parametrize("typo", ["CWE-0306", "CWE-99999", "NIST-CSF-2.0:PR.AA-3", "OWASP-API-2023:API11", ""])
def test_an_id_that_nobody_published_is_refused_at_once(typo: str) -> None:
    with pytest.raises(KeyError):
        Standard(typo)


def test_every_title_in_the_list_is_cited_by_a_control_or_waits_for_one() -> None:
    cited = {standard.id for control in controls() for standard in control.standards}
    assert cited <= set(_TITLES)
