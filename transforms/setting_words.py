"""Words by which code speaks of its settings: constants, variables of the environment, fields of a settings object."""

import re

_SETTING = re.compile(
    r"@(?:\w+\.)*(?:getenv\(\)(?:\.\w+)?|environ(?:\.\w+|\.get\(\))?|[A-Z][A-Z0-9_]*|(?:get_)?(?:settings|config|cfg|conf)(?:\(\))?\.\w+"
    r"|current_app\.config(?:\.\w+)?|get_secret\(\))(?:\.(?:get_secret_value|encode|strip|lower)\(\))*"
)  # fmt: skip
# The same where a function is handed the settings, or its object keeps what it was made with.
_HANDED = re.compile(
    r"(?:self\.)?_?(?:app_)?(?:settings|config|cfg|conf)\.\w+|self\.\w*(?:key|token|secret|password)s?", re.IGNORECASE
)
_MODE = re.compile(
    r"none|off|on|disabled?|enabled?|false|true|[01]|yes|no|dev(?:el(?:op(?:ment)?)?)?|local(?:host)?|tests?|testing|debug"
    r"|demo|mock|staging|prod(?:uction)?|live|insecure|anonymous|public|open",
    re.IGNORECASE,
)
_KEY = re.compile(r"key|token|secret|password|passwd|credential", re.IGNORECASE)


def is_setting(origins: str) -> bool:
    """Whether a value is made of settings of the app alone."""
    return bool(origins) and all(_SETTING.fullmatch(each) for each in origins.split())


def may_be_setting(origins: str) -> bool:
    """The same, with those that a function is handed, or finds in its object."""
    return bool(origins) and all(_SETTING.fullmatch(each) or _HANDED.fullmatch(each) for each in origins.split())


def speaks_of_keys(name: str) -> bool:
    """Whether a name is one for what lets somebody in."""
    return _KEY.search(name) is not None


def may_be_key(origins: str) -> bool:
    """Whether it is a setting, and by its name what lets somebody in."""
    return may_be_setting(origins) and speaks_of_keys(origins)


def is_mode(text: str) -> bool:
    """Whether a text is a word by which a setting says how an app runs: such words are kept as they are written."""
    return _MODE.fullmatch(text) is not None


def may_be_switch(origins: str) -> bool:
    """Whether it is a setting, and by its name no key: what it is compared with, and is by default, may be kept."""
    return may_be_setting(origins) and not speaks_of_keys(origins)


def compares_setting(one: str, other: str, one_blank: str, other_blank: str) -> bool:
    """Whether one of two sides is a key of the app's, or a setting that is compared with a word for a mode."""
    switches = (
        may_be_switch(a) and not b and word for a, b, word in ((one, other, other_blank), (other, one, one_blank))
    )
    return may_be_key(one) is not may_be_key(other) or any(switches)
