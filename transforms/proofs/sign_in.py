"""The proof of a sign-in at an identity provider: only the answer that was asked for lets anybody in."""

from transforms.proofs.weave import tell, weave

# How a test visits an app and keeps its cookies, and what it sees of the inserted module; by framework.
VISITING = {
    "fastapi": ("answer", "browse", "vouched_fastapi"),
    "flask": ("answer", "browse_wsgi", "vouched_flask"),
    "django": ("browse_django", "vouched_django"),
    "django_rest": ("browse_django", "vouched_django"),
}

ABOUT = """Proof that people can sign in to {app} at an identity provider, and that no other answer lets anybody in.

The provider and its keys are the test's own. Nothing here needs a network or the app's database: what is refused
reaches no handler."""


def render_sign_in(
    app_import: str,
    controls_package: str,
    login: str,
    root_parents: int = 1,
    framework: str = "fastapi",
    module: str = "sign_in",
) -> str:
    """The test file for the callback beside a login; `login` is its path."""
    folder = login.rstrip("/").rpartition("/")[0]
    told = tell(app_import, controls_package, root_parents)
    told |= {"SIGN_IN": f"{folder}/sign-in", "CALLBACK": f"{folder}/sign-in/callback", "LOGIN": login, "MODULE": module}
    *browse, vouched = VISITING[framework]
    return weave(
        ABOUT.format(app=app_import), ("load", *browse, "loopback", "provider", "coming_back", vouched), told, ()
    )
