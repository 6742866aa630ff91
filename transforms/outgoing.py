"""Keys that are one for all, seen from who sends them: which calls of a repository open which of its own routes by one.

A call is only ever taken for one to a service of the organisation where that is sure: a guard of the same repository
compares the same setting in the same header, or the policy names the host. What goes to anybody else is none of ours.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.concepts_secrets import Sends, SentHeader
from transforms.setting_words import is_setting
from transforms.shared_secrets import SharedKey, setting_name, speaks_of_services

if TYPE_CHECKING:
    from transforms.app import App

Services = Mapping[str, str]  # host of a service that checks tokens -> its audience, "" where it is as set

# Two services may each have a setting of such a name, and mean two keys.
_GENERIC = re.compile(r"(?:X_)?(?:(?:API|AUTH|ACCESS|BEARER|SECRET)_?)*(?:KEY|TOKEN|SECRET)")
_INSIDE = re.compile(r"[^.]+|.+\.(?:internal|local|svc|lan|intranet|corp|localhost|test)")


@dataclass(frozen=True, slots=True)
class Sending:
    """One key that a call sends, and what is known of who gets it."""

    header: SentHeader
    keys: tuple[SharedKey, ...]  # guards of the repository that surely ask for it
    audience: str | None  # of the services that the policy names; None where it names them not
    inside: bool  # it is for services by its names, and stays in the organisation's own network


@dataclass(frozen=True, slots=True)
class Exchange:
    """One key for all, from both sides: the guards that ask for it, and the calls that bring it."""

    keys: tuple[SharedKey, ...]
    senders: tuple[SentHeader, ...]

    @property
    def can_change(self) -> bool:
        """Whether every call can get a token by itself."""
        return all(each.sends is not Sends.FIXED for each in self.senders)


def sendings(app: "App", services: Iterable[str]) -> Iterator[Sending]:
    """Every key that is sent by a call. `services` are those that a policy names: a host, or `host=audience`."""
    named = _read(services)
    for each in app.sent_headers:
        if is_setting(each.value):
            keys = tuple(key for key in app.shared_keys if _is_sent_to(each, key, named))
            yield Sending(each, keys, _named_by_policy(each, named), _stays_inside(each))


def exchange(app: "App", concerned: SharedKey | SentHeader, services: Iterable[str]) -> Exchange:
    """All that has to change together with a guard or a call."""
    named = _read(services)
    if isinstance(concerned, SentHeader):
        known = (concerned.name, setting_name(concerned.value))
        keys = {key: None for key in app.shared_keys if _is_sent_to(concerned, key, named)}
    else:
        known, keys = (concerned.secret.header, concerned.secret.name), {concerned: None}
    if all(known):
        keys |= {key: None for key in app.shared_keys if (key.secret.header, key.secret.name) == known}
    senders = (each for each in app.sent_headers if any(_is_sent_to(each, key, named) for key in keys))
    return Exchange(tuple(keys), tuple(senders))


def _read(services: Iterable[str]) -> Services:
    return {host.lower(): audience for host, _, audience in (each.partition("=") for each in services)}


def _is_sent_to(sent: SentHeader, key: SharedKey, named: Services) -> bool:
    """Whether a call surely brings this key."""
    name = setting_name(sent.value)
    same = bool(name) and is_setting(sent.value) and (key.secret.header, key.secret.name) == (sent.name, name)
    return same and all(_may_be_ours(host, name, named) for host in sent.hosts)


def _named_by_policy(sent: SentHeader, named: Services) -> str | None:
    audiences = {named.get(host) for host in sent.hosts}
    return audiences.pop() if len(audiences) == 1 else None


def _stays_inside(sent: SentHeader) -> bool:
    hosts = bool(sent.hosts) and all(_is_inside(host) for host in sent.hosts)
    return hosts and speaks_of_services(f"{sent.name} {sent.value}")


def _may_be_ours(host: str, name: str, named: Services) -> bool:
    if not host:
        return _GENERIC.fullmatch(name) is None
    return host in named or _is_inside(host)


def _is_inside(host: str) -> bool:
    """Whether a name means nothing outside of the organisation's own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return _INSIDE.fullmatch(host) is not None or host.endswith(".svc.cluster.local")
