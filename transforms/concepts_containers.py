"""The words for what runs an app: images, and the services of a compose file.

See `concepts` for what symbols, references and None mean.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fills(StrEnum):
    """How a service gives its program variables."""

    MAP = "map"  # `environment:` with `NAME: value`
    LIST = "list"  # with `- NAME=value`
    NOTHING = "nothing"
    FILE = "file"  # `env_file`: whoever fills that file gives what it needs
    OTHERWISE = "otherwise"  # an anchor, or on one line


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a compose file that runs an image: one built from a folder, or one that is named."""

    name: str
    context: str | None  # the folder, from the repository's root; None where no image is built
    dockerfile: str  # its path; "" where no image is built
    fills: Fills
    variables: tuple[str, ...] = ()  # the names that it gives already
    started: tuple[str, ...] = ()  # the words of its command
    file: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """A line of a Dockerfile that takes files from the folder it is built from."""

    sources: tuple[str, ...]
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Image:
    """What a Dockerfile puts into its image, and how that is started."""

    copied: tuple[Copied, ...]
    started: tuple[str, ...] = ()  # the words of its CMD and ENTRYPOINT
    file: str = ""
