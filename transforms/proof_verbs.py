"""The verbs by which a control asks for the test that shows its patches: what is to be shown in, a proof out.

A verb gives None where no test can show it: the patch then says what a reader has to try.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from transforms.edits import Proof
from transforms.reuse import Guard, RoleGuard

if TYPE_CHECKING:
    from transforms.accounts import PasswordLogin
    from transforms.app import App
    from transforms.concepts import Function, Route
    from transforms.concepts_data import Query
    from transforms.concepts_secrets import Client, SecretUse, SentHeader
    from transforms.owner_checks import OwnerCheck
    from transforms.shared_secrets import SharedKey
    from transforms.tenancy import Tenancy


def proof_of_scopes(app: "App", tools: "Iterable[Route]", scope: str) -> Proof | None:
    """The test that these tools ask for a scope of their callers, and those that only read do not."""
    from transforms.proving_scopes import prove_scopes

    found = prove_scopes(app, tools, scope, "scopes")
    return Proof(*found) if found is not None else None


def proof_of_roles(app: "App", routes: "Iterable[Route]", guard: RoleGuard) -> Proof | None:
    """The test that strangers and callers without the role are refused, and that who has it may pass."""
    from transforms.proving import prove_roles

    found = prove_roles(app, routes, guard, "authorization")
    return Proof(*found) if found is not None else None


def proof_of_workloads(app: "App", keys: "Iterable[SharedKey]") -> Proof | None:
    """The test that the key that all shared opens these routes no more, and a program's own token does."""
    from transforms.proving_workloads import prove_workloads

    found = prove_workloads(app, keys, "workload-identity")
    return Proof(*found) if found is not None else None


def proof_of_senders(app: "App", sent: "Mapping[SentHeader, str]") -> Proof | None:
    """The test that these calls bring a token of this program along and no key; `sent` has the audience of each."""
    from transforms.proving_senders import prove_senders

    found = prove_senders(app, sent, "workload-calls")
    return Proof(*found) if found is not None else None


def proof_of_sign_in(app: "App", login: "PasswordLogin") -> Proof | None:
    """The test that only the answer of the provider that was asked for lets anybody in."""
    from transforms.proving import prove_sign_in

    found = prove_sign_in(app, login.login, "sign-in")
    return Proof(*found) if found is not None else None


def proof_of_owners(app: "App", checks: "Iterable[OwnerCheck]") -> Proof | None:
    """The test that these comparisons tell an owner from somebody else; None where none of them is patched."""
    from transforms.proving_owners import prove_owners

    found = prove_owners(app, checks, "authorization")
    return Proof(*found) if found is not None else None


def proof_of_tokens(app: "App", taken: "Mapping[Route, tuple[Function, str]]") -> Proof | None:
    """The test that these routes take a token from the header and none from the URL.

    `taken` are the function and the parameter that took it there; None where no test can put itself in their place.
    """
    from transforms.proving_tokens import prove_tokens

    found = prove_tokens(app, taken, "session")
    return Proof(*found) if found is not None else None


def proof_of_auth(app: "App", routes: "Iterable[Route]", guard: Guard) -> Proof | None:
    """The test that strangers are refused on these routes and that public ones stay open; for one app of a repository.

    None where no route can be asked by its full path through an app that a test can import.
    """
    from transforms.proving import prove_guarded

    found = prove_guarded(app, routes, guard, "identity")
    return Proof(*found) if found is not None else None


def proof_of_tools(app: "App", tools: "Iterable[Route]", guard: Guard) -> Proof | None:
    """The test that a server of these tools serves nobody it does not know; only for the inserted verifier."""
    from transforms.proving import prove_tools

    found = prove_tools(app, tools, "tools") if not guard.own else None
    return Proof(*found) if found is not None else None


def proof_of_secrets(app: "App", uses: "Iterable[SecretUse]") -> Proof | None:
    """The test that these secrets are asked for; None where a function is asked that does not come with the patch."""
    from transforms.proving_secrets import prove_asked

    found = prove_asked(app, uses)
    return Proof(*found) if found is not None else None


def proof_of_clouds(app: "App", clients: "Iterable[Client]") -> Proof | None:
    """The test that these clients are handed no key, and sign in with the identity of what runs the app."""
    from transforms.proving_clouds import prove_clouds

    found = prove_clouds(app, clients, "clouds")
    return Proof(*found) if found is not None else None


def proof_of_tenancy(app: "App", tenancy: "Tenancy", queries: "Iterable[Query]") -> Proof | None:
    """The test that rows of somebody else are neither listed nor found; only for classes under a session hook."""
    from transforms.proving_rows import prove_scoped

    found = prove_scoped(app, tenancy, queries)
    return Proof(*found) if found is not None else None


def proof_of_audit(app: "App", actions: "Mapping[Route, str]") -> Proof | None:
    """The test that each route leaves one line for a success and one for a refusal."""
    from transforms.proving_rows import prove_recorded

    found = prove_recorded(app, actions)
    return Proof(*found) if found is not None else None
