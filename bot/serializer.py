"""How jobs are written into the durable engine's tables: plain JSON.

The engine's default is pickle, which breaks when a class is renamed and runs code of whoever can write to the table. An
exception is kept as its name and sentence and comes back as `RecordedError`.
"""

import json
from typing import Any

from dbos import Serializer

from bot.errors import TenonError

ERROR_KEY = "__error__"


class RecordedError(TenonError):
    """An exception of an earlier run, as far as it was recorded."""


class JsonSerializer(Serializer):
    """JSON with one extension for exceptions. Tuples become lists at once, so a replay sees what the first run saw."""

    def name(self) -> str:
        """Stored beside each value."""
        return "tenon_json"

    def serialize(self, data: Any) -> str:
        """Compact JSON; raises TypeError for what is neither JSON nor an exception."""
        if isinstance(data, BaseException):
            data = {ERROR_KEY: type(data).__name__, "sentence": str(data)}
        return json.dumps(data, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        """What `serialize` was given."""
        data = json.loads(serialized_data)
        if isinstance(data, dict) and ERROR_KEY in data:
            return RecordedError(f"{data[ERROR_KEY]}: {data['sentence']}")
        return data
