"""Open scripts of Streamlit as a stranger, without a server or a browser."""

from streamlit.testing.v1 import AppTest

from transforms.proofs.parts.load import ROOT

FRAME = {"root", "main", "sidebar", "event", "exception", "error", "warning"}


def shown_to_a_stranger(script: str) -> "set[str]":
    """What a script shows to somebody who is not signed in; refusals and the frame of the page are left out."""
    page = AppTest.from_file(str(ROOT / script), default_timeout=30).run()
    return {element.type for element in page} - FRAME
