"""The annotated sample of Streamlit: what is read from it is what its annotations say."""

import pytest

from tests.transforms.page_samples import annotated, app_of, files_of, found
from transforms.app import App
from transforms.facts import Facts
from transforms.scanning import read_facts
from transforms.source import SourceFile

FILES = files_of("streamlit")


@pytest.fixture(scope="module")
def app() -> App:
    return app_of(FILES)


def test_exactly_the_annotated_pages_are_found(app: App) -> None:
    assert sorted(found(app)) == sorted(annotated(FILES))


@pytest.mark.parametrize("page", sorted(annotated(FILES)), ids=" ".join)
def test_guards_and_access_are_as_annotated(app: App, page: tuple[str, str]) -> None:
    assert found(app)[page] == annotated(FILES)[page]


@pytest.mark.parametrize(
    ("body", "shows"),
    [
        ("st.title('About')\nwith st.expander('More'):\n    st.markdown('''We are ten.''')\n", "a page of fixed words"),
        ("st.set_page_config(layout='wide')\nst.write('a', 1, ['b'], True)\n", "a page of fixed words"),
        ("st.title(name)\n", ""),
        ("st.dataframe(load())\n", ""),
        ("if st.button('Go'):\n    st.write('x')\n", ""),
        ("import load\nst.title('a')\nload.rows()\n", ""),
    ],
)
def test_a_page_of_fixed_words_shows_the_same_to_everybody(body: str, shows: str) -> None:
    facts = read_facts(SourceFile("pages/about.py", f"import streamlit as st\n{body}".encode()))
    assert isinstance(facts, Facts)
    assert [route.shows for route in facts.routes] == [shows]
