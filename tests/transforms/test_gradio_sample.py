"""The annotated sample of Gradio: what is read from it is what its annotations say."""

import pytest

from tests.transforms.page_samples import annotated, app_of, files_of, found
from transforms.app import App

FILES = files_of("gradio")


@pytest.fixture(scope="module")
def app() -> App:
    return app_of(FILES)


def test_exactly_the_annotated_pages_are_found(app: App) -> None:
    assert sorted(found(app)) == sorted(annotated(FILES))


@pytest.mark.parametrize("page", sorted(annotated(FILES)), ids=" ".join)
def test_guards_and_access_are_as_annotated(app: App, page: tuple[str, str]) -> None:
    assert found(app)[page] == annotated(FILES)[page]
