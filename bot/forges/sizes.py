"""How much text GitHub takes in one field."""

FIELD = 65_000  # bytes; GitHub's own limit is 65,535, and a text that is too long is refused whole
_CUT = "\n\n… cut here: the text was too long for GitHub."


def clipped(text: str, limit: int = FIELD) -> str:
    """The text, or as much of its beginning as `limit` bytes of UTF-8 hold, with a word that it was cut."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    cut = _CUT if limit > 10 * len(_CUT) else "…"
    return raw[: limit - len(cut.encode())].decode(errors="ignore") + cut
