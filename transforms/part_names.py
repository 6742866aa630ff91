"""The symbols of parts of a function that are Function facts of their own."""


def for_nobody(symbol: str) -> str:
    """The symbol of what runs of a function for somebody who is not signed in."""
    return f"{symbol}.<nobody>"


def part_for(symbol: str, method: str) -> str:
    """The symbol of what runs of a function for one HTTP method."""
    return f"{symbol}.<{method}>"
