"""What an app answered to a browser of the test's own."""

from dataclasses import dataclass, field


@dataclass
class Answer:
    """What the app answered. An error inside the app counts as 500."""

    status: int = 500
    headers: "list[tuple[str, str]]" = field(default_factory=list)
    body: str = ""

    @property
    def location(self) -> str:
        """Where the browser is sent."""
        return next((value for name, value in self.headers if name.lower() == "location"), "")
