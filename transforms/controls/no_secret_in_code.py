"""No secret is written into the code: the app asks for it where secrets are kept.

Whoever can read a repository has every password, key and token in it, for as long as its history exists; and a default
such as `getenv("SECRET_KEY", "change-me")` is known to everybody who has read the source: so it counts too.

**Fix.** The literal becomes one more setting where an app has settings: a field of its pydantic class, a row of Flask's
or Django's settings, in their style. A default of the app's own reader (`config("X", default=...)` of Starlette,
decouple, environs) goes, and the reader stays. Else it becomes `get_secret("STRIPE_API_KEY")`: the app's own function
if it has one, else the small module `controls/secrets.py`, which reads the environment, a vault or a cloud's store, and
fails closed. A constant of a module that is used inside functions alone goes, and each use asks; the default of a
settings field becomes a factory; Django is given its key when it looks at it; a client that is made on import is made
when it is first used, and anew once its secret was rotated, if every use is seen; a parameter gets the default None,
and its function asks where nothing was given; anything else is replaced where it stands, and never so that importing
the app becomes a network call. In a comment or a printed message the name takes the place of the value. A literal in a
compose file becomes `${NAME:?}`, and its services are given what their program now asks for; a committed `.env` leaves
the repository; an entry of a TOML, YAML, INI or JSON file goes where every read of it is seen; so does the default of a
Terraform variable; what an image or a shell script sets is asked of whoever runs it. Names go into `.env.example`. The
patch cannot undo the leak: what to provision and where to rotate is said with it.

**Limits.** Advice only, because a person has to decide: a known password beside a login that verifies (the door would
stay open), defaults of options that are parsed elsewhere, SQL that takes no parameters, workflows, texts, and other
files that are not Python. Tests, examples and CI count with low severity, but for a vendor's key in a workflow; a
placeholder that no running app would use does not count. Committed databases are not looked at; the history is, by
`tenon secrets history`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from transforms.api import (
    Applicability,
    Bad,
    Confidence,
    Control,
    Evidence,
    Family,
    Good,
    Maturity,
    SecretRole,
    SecretUse,
    Severity,
    Standard,
    Verdict,
)
from transforms.brokers import broker, commands, setup
from transforms.edits import (
    Handover,
    Patch,
    Proof,
    leave_unsaid,
    listed_name,
    move_setting,
    read_secret,
    stub_in_tests,
    stub_of,
)
from transforms.proof_verbs import proof_of_secrets
from transforms.secrets import Harm, Issuer, SecretKind, kind

if TYPE_CHECKING:
    from transforms.app import App

control = Control(
    id="no-secret-in-code",
    family=Family.SECRETS,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    maturity=Maturity.PREVIEW,
    patch=Applicability.REVIEW,
    standards=(
        Standard("CWE-798"),
        Standard("NIST-CSF-2.0:PR.AA-01"),
        Standard("OWASP-NHI-2025:NHI2"),
    ),
    since="0.1",
    order=10,
)


@dataclass(frozen=True)
class Options:
    """What an organisation may tune."""

    accepted_paths: tuple[str, ...] = ()  # "docs/*": files whose secrets are known to be none
    accepted_names: tuple[str, ...] = ()  # "DEMO_*": names whose values are known to be public
    tests: bool = True  # report what stands in tests, examples and CI, with low severity


control.options = Options

HISTORY = "Removing it here does not make it secret again: its value stays in the history of the repository."
AT_IMPORT = "{name} is read when {path} is imported: migrations and builds need it set as well. Tests set a stub."
BEFORE_TESTS = (
    "{name} is read when {path} is imported, which is before any set-up of the tests: set it to some other value where "
    "tests, migrations and builds run."
)
EXPIRES = (
    "Better than a new password: credentials that expire. With `database: vault` or `database: aws` as options of "
    "no-static-cloud-key in the policy, engines ask for them on each connection."
)
TOO_EARLY = (
    "No patch: it is read when {path} is imported, and an import must not become a network call. "
    "Read it inside a function."
)
LEFT_OPEN = (
    "No patch: with another value the way in would still be there. Take the comparison out, and let people sign in by "
    "an account of their own."
)
NO_PARAMETERS = (
    "No patch: what makes a database role takes no parameters. Let whoever sets up the database give the role its "
    "password, or sign in by the identity of the workload."
)
NO_DEFAULT = (
    "No patch: what may be given for {name} is not seen from here. Let its default be None, and where the value is "
    "needed ask for the secret if none was given."
)
ONE_FOR_ALL = "Whoever knows {name} is in, and nobody can tell who it was: accounts of their own are better."
INVENT = 'Give {name} a new random value (python -c "import secrets; print(secrets.token_hex(32))"), never the old one.'
GIVEN = "Leave {name} to the environment, and do not set it in the code"
HANDED_ON = "{files} gives {name} to what it runs: set it where compose runs, or in a .env beside it."
BROKER = "{files} gives {names} to what it runs: set them where compose runs, or in a .env beside it."
OTHERWISE = "No patch fills what {services} takes its variables from (an env_file, an anchor): give it {names} there."
SAME = "{name} has to stay the same as {others}, for both are one value: rotate them together."
HELPER = "{helper} is the app's own: see that it knows {name}."
_SAYS = {
    SecretRole.ENV_DEFAULT: "is what the app falls back to when {environment} is not set",
    SecretRole.DEFAULT: "is the default of {name}",
    SecretRole.COMPARED: "is what {name} is compared with: whoever has read the code gets in",
    SecretRole.IN_URL: "stands in an address",
    SecretRole.IN_TEXT: "stands in a text",
    SecretRole.CONFIG_FILE: "stands in this file",
}
_WORSE = (Harm.ANNOY, Harm.USE, Harm.TAKE_OVER)
_OF_DATABASES = ("database-password", "database-url")
_FALLS_BACK = (SecretRole.ENV_DEFAULT, SecretRole.DEFAULT)


@control.check
def literals_are_no_secrets(app: "App", options: Options) -> Iterator[Verdict]:
    """One finding for each literal that is a secret, or that the app would take for one."""
    for use in app.secrets:
        if is_accepted(use, options) or (use.test_only and not options.tests):
            continue
        yield control.fails(
            use,
            message(use),
            evidence(app, use),
            severity=Severity.LOW if use.file in app.uncommitted else severity(use),
            confidence=Confidence(use.confidence),
        )


@control.remedy
def ask_for_it(app: "App", finding: Verdict, _options: Options) -> Patch | None:
    """The literal becomes a question to where secrets are kept."""
    use: SecretUse = finding.concept
    asked = read_secret(app, use)
    if asked is None:
        return name_instead(app, use) or take_out_of_file(app, use) or words_for_a_person(app, use)
    todo = [broker(app.placement.broker).provision(asked.name), *rotation(use, asked.name)]
    is_early = (asked.at_import or use.settings_field or asked.needed_by_tests) and not asked.loaded_first
    stubs = stub_in_tests(app, use, asked.name) if is_early else ()
    if asked.at_import:
        said = BEFORE_TESTS if asked.loaded_first else AT_IMPORT
        todo.append(said.format(name=asked.name, path=asked.asked_in or use.file))
    kept = broker(app.placement.broker)
    if asked.handed_on_by and kept.over_network:
        handed = [each for each, value in kept.handed() if value != ""]
        todo.append(BROKER.format(files=" and ".join(asked.handed_on_by), names=" and ".join(handed)))
        todo.append(kept.in_container)
    elif asked.handed_on_by:
        todo.append(HANDED_ON.format(files=" and ".join(asked.handed_on_by), name=asked.name))
    if asked.filled_otherwise:
        services, names = " and ".join(asked.filled_otherwise), " and ".join(asked.lacks)
        todo.append(OTHERWISE.format(services=services, names=names))
    if others := sorted(given_elsewhere(app, use, asked.name)):
        todo.append(SAME.format(name=asked.name, others=" and ".join(others)))
    if use.role is SecretRole.COMPARED:
        todo.append(ONE_FOR_ALL.format(name=asked.name))
    if asked.helper and not asked.inserted:
        todo.append(HELPER.format(helper=asked.helper, name=asked.name))
    return Patch(
        title=GIVEN.format(name=asked.name) if asked.given else f"Ask for {asked.name} where secrets are kept",
        edits=(*asked.edits, *stubs),
        applicability=Applicability.REVIEW,
        todo=tuple(todo),
        handover=(handed_over(app, use, asked.name),),
    )


def given_elsewhere(app: "App", use: SecretUse, name: str) -> set[str]:
    """The other variables by which files that are not Python hand the same value on."""
    number = app.values.get((use.file, use.place))
    if number is None or use.placeholder:
        return set()
    told = (each for each in app.secrets if each.role is SecretRole.CONFIG_FILE and each.name.isupper())
    same = (each for each in told if app.values.get((each.file, each.place)) == number)
    named = {each.environment_name or each.name: each.file for each in same}
    return {f"{other} of {path}" for other, path in named.items() if other != name}


def handed_over(app: "App", use: SecretUse, name: str) -> Handover:
    """What a person needs for this secret."""
    kept, leaked = broker(app.placement.broker), kind(use.kind)
    return Handover(
        name=name,
        title=leaked.title,
        broker=kept.title,
        kept_at=kept.path(name),
        setup=setup(kept.id),
        commands=commands(kept.id, name),
        paths=(use.file,),
        rotate_url=leaked.rotate_url,
        revoke=leaked.revoke,
        placeholder=use.placeholder,
        stub=stub_of(use),
        listed=listed_name(app, use),
    )


def name_instead(app: "App", use: SecretUse) -> Patch | None:
    """A secret of a comment or a message leaves it: nothing runs differently, and nobody has to provide anything."""
    left = leave_unsaid(app, use)
    if left is None:
        return None
    name, edits = left
    title = f"Name {name} in the place of its value"
    return Patch(title, edits, Applicability.REVIEW, todo=tuple(rotation(use, name)))


def words_for_a_person(app: "App", use: SecretUse) -> Patch | None:
    """What stands in the way of an edit, where that is the moment at which the secret would be asked for."""
    if use.role is SecretRole.COMPARED and not use.movable and not use.test_only:
        return Patch(f"{message(use)} {LEFT_OPEN}", (), Applicability.ADVICE)
    if use.role is SecretRole.DEFAULT and not use.movable and not use.test_only and use.file.endswith(".py"):
        return Patch(f"{message(use)} {NO_DEFAULT.format(name=use.name)}", (), Applicability.ADVICE)
    if use.role is SecretRole.IN_TEXT and use.kind == "database-password" and not use.test_only:
        return Patch(f"{message(use)} {NO_PARAMETERS}", (), Applicability.ADVICE)
    if not (use.movable and use.at_import) or use.test_only or not broker(app.placement.broker).over_network:
        return None
    return Patch(f"{message(use)} {TOO_EARLY.format(path=use.file)}", (), Applicability.ADVICE)


def take_out_of_file(app: "App", use: SecretUse) -> Patch | None:
    """A secret of a file that is not Python leaves it, where that is safe."""
    moved = move_setting(app, use)
    if moved is None:
        return None
    if not moved.edits:
        return Patch(f"{message(use)} {moved.title}", (), Applicability.ADVICE)
    todo = (*moved.todo, *rotation(use, use.environment_name or use.secret_name))
    handover = (handed_over(app, use, moved.name),) if moved.brokered else ()
    return Patch(moved.title, moved.edits, Applicability.REVIEW, todo, handover=handover)


@control.proof
def the_app_asks(app: "App", findings: tuple[Verdict, ...], _options: Options) -> Proof | None:
    """Each secret is asked for by name, and without a value the app stops."""
    return proof_of_secrets(app, tuple(finding.concept for finding in findings))


def message(use: SecretUse) -> str:
    """One sentence: what is there and why it counts."""
    title = kind(use.kind).title
    what = f"A placeholder for a secret ({title.lower()}, {use.name})" if use.placeholder else f"{title} ({use.name})"
    says = _SAYS.get(use.role, "is written into the code").format(name=use.name, environment=use.environment_name)
    if use.placeholder and use.role not in _FALLS_BACK:
        says = f"{says}, and the app runs with it"
    return f"{what} {says}."


def evidence(app: "App", use: SecretUse) -> Iterator[Evidence]:
    """Why it was taken for a secret, without a word of its value."""
    if use.sink is not None:
        yield Evidence(use.file, use.place.line, f"it is passed to {use.sink}")
    if use.alike:
        titles = [kind(each).title for each in use.alike]
        note = f"it has the shape of {' and of '.join(titles)}, and nothing here says which it is"
        yield Evidence(use.file, use.place.line, note)
    if use.test_only:
        yield Evidence(use.file, use.place.line, "the file is a test, an example, documentation or CI")
    if use.file in app.uncommitted:
        yield Evidence(use.file, use.place.line, "git is not known to have this file: see that it is never committed")


def severity(use: SecretUse) -> Severity:
    """The harm if somebody uses it."""
    if use.test_only:
        return Severity.LOW
    found = max((kind(each) for each in use.alike or (use.kind,)), key=lambda each: _WORSE.index(each.harm))
    if use.placeholder:
        if use.role is SecretRole.CONFIG_FILE and use.environment_name and found.id in _OF_DATABASES:
            return Severity.MEDIUM  # of a container beside the app, for as long as nobody sets the variable
        return Severity.HIGH if found.issuer is Issuer.SELF and found.harm is Harm.TAKE_OVER else Severity.MEDIUM
    if found.harm is Harm.TAKE_OVER:
        return Severity.CRITICAL
    return Severity.HIGH if found.harm is Harm.USE else Severity.MEDIUM


def rotation(use: SecretUse, name: str) -> Iterator[str]:
    """How the leaked value is made useless."""
    leaked: SecretKind = kind(use.kind)
    if use.placeholder:
        yield INVENT.format(name=name)
        return
    if use.alike:
        known = (kind(each) for each in use.alike)
        where = ", ".join(f"{each.title} ({each.rotate_url})" for each in known if each.rotate_url)
        yield f"Find out who issued {name}, for keys of several look like it: {where}. {leaked.revoke}"
    else:
        where = f" ({leaked.rotate_url})" if leaked.rotate_url else ""
        yield f"Rotate {name}{where}: {leaked.revoke}"
    if leaked.id in _OF_DATABASES:
        yield EXPIRES
    yield HISTORY


def is_accepted(use: SecretUse, options: Options) -> bool:
    """Whether the options let it be."""
    by_path = any(fnmatchcase(use.file, pattern) for pattern in options.accepted_paths)
    return by_path or any(fnmatchcase(use.name, pattern) for pattern in options.accepted_names)


_ADDS = (
    "controls/__init__.py",
    "controls/secrets.py",
    ".env.example",
    ".gitignore",
    "tests/test_controls_secrets.py",
)
_ASK = "from controls.secrets import get_secret\n"
_PAY = """import httpx

from config import STRIPE_API_KEY


def charge(cents):
    return httpx.post("https://api.stripe.com/v1/charges", auth=(STRIPE_API_KEY, ""), data={"amount": cents})
"""

control.examples = (
    Good(
        "lookups, broker calls, and nothing at all",
        """import os

from broker import read_secret

API_KEY = os.environ["API_KEY"]
DB_PASSWORD = os.getenv("DB_PASSWORD", "")
SECRET_KEY = read_secret("shop/secret-key")
SMTP_PASSWORD = None
CHANNEL_SECRET_NAME = "prod/channel"
""",
    ),
    Good(
        "names and words around secrets",
        """token_type = "bearer"
ACCESS_TOKEN_EXPIRE_MINUTES = "30"
errors = {"password": "Password is too short", "api_key": "Required"}
VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"}]
labels = {"username": "Benutzername", "password": "Passwort"}
google = {"token_uri": "https://oauth2.googleapis.com/token"}
""",
    ),
    Good(
        "examples in schemas and docstrings",
        """class Login(BaseModel):
    model_config = {"json_schema_extra": {"example": {"email": "a@b.io", "password": "secure_password_1"}}}


def register(name, password):
    '''>>> register("alice", "pa55word-2")'''
""",
    ),
    Good(
        "an address without a password", 'DATABASE_URL = "postgresql://localhost/shop"\nOTHER = "sqlite:///shop.db"\n'
    ),
    Good(
        "a warning about the default",
        'def check(secret_key):\n    if secret_key == "change-me":\n        warn("set it")\n',
    ),
    Good(
        "a template to fill in", {".env.example": "SECRET_KEY=change-me\nDB_PASSWORD=postgres\nOPENAI_API_KEY=sk-...\n"}
    ),
    Good(
        "variables in compose", {"compose.yaml": "services:\n  db:\n    environment:\n      PASSWORD: ${DB_PASSWORD}\n"}
    ),
    Good("an accepted name", 'DEMO_PASSWORD = "{{account-password}}"\n', options={"accepted_names": ("DEMO_*",)}),
    Good(
        "tests, when nobody wants to hear of them",
        {"tests/test_login.py": 'def test_it():\n    user = make(email="a@b.io", password="{{account-password}}")\n'},
        options={"tests": False},
    ),
    Bad(
        "a key in a function",
        'import httpx\n\n\ndef charge():\n    api_key = "{{stripe-key}}"\n    return httpx.post("/", auth=api_key)\n',
        f"import httpx\n\n{_ASK}\n\ndef charge():\n"
        '    api_key = get_secret("STRIPE_API_KEY")\n    return httpx.post("/", auth=api_key)\n',
        adds=_ADDS,
    ),
    Bad(
        "a constant that functions use",
        {"config.py": 'CURRENCY = "eur"\nSTRIPE_API_KEY = "{{stripe-key}}"\n', "pay.py": _PAY},
        {
            "config.py": 'CURRENCY = "eur"\n',
            "pay.py": _PAY.replace("from config import STRIPE_API_KEY\n", _ASK).replace(
                "(STRIPE_API_KEY", '(get_secret("STRIPE_API_KEY")'
            ),
        },
        adds=_ADDS,
    ),
    Bad(
        "a test, with low severity",
        {"tests/test_login.py": 'def test_it():\n    assert login(email="a@b.io", password="{{account-password}}")\n'},
    ),
)
