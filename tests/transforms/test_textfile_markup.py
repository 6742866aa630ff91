"""Secrets in pages, programs for browsers, XML, and password files; keys that are public by design are none."""

import pytest

from transforms import textfiles
from transforms.concepts_secrets import SecretUse
from transforms.controls.no_secret_in_code import severity
from transforms.secrets import sample
from transforms.source import SourceFile

GUESSED = "q7" + "Wz" + "9kTr"
RANDOM = sample("api-key", 5)
MAPS = sample("google-api-key")


def uses(path: str, text: str) -> list[SecretUse]:
    assert textfiles.reads(path)
    return list(textfiles.read(SourceFile(path, text.encode())).secrets)


FOUND = [
    ("deploy/.pgpass", f"db.shop.io:5432:shop:app:{GUESSED}", "database-password"),
    ("pgpass.conf", f"*:*:*:app\\:x:{GUESSED}", "database-password"),
    (".my.cnf", f"[client]\nuser=root\npassword={GUESSED}", "account-password"),
    ("conf/server.xml", f"<server>\n  <password>{GUESSED}</password>\n</server>", "account-password"),
    ("web.config", f'<add key="ApiKey" value="{RANDOM}"/>', "api-key"),
    ("beans.xml", f'<property name="password" value="{GUESSED}"/>', "account-password"),
    ("strings.xml", f'<string name="api_key">{RANDOM}</string>', "api-key"),
    ("web.config", f'<add connectionString="Server=db.shop.io;User Id=sa;Password={GUESSED};" />', "database-url"),
    ("context.xml", f'<Resource username="x" password="{GUESSED}"/>', "account-password"),
    ("Info.plist", f"<key>ApiKey</key>\n<string>{RANDOM}</string>", "api-key"),
    ("web/src/api.ts", f'const API_KEY: string = "{RANDOM}";', "api-key"),
    ("web/src/api.js", f"const api = {{ url: '/x', apiKey: '{RANDOM}' }};", "api-key"),
    ("web/src/api.js", f'const key = process.env.SHOP_API_KEY || "{RANDOM}";', "api-key"),
    ("web/src/api.js", f'fetch(u, {{ headers: {{ "Authorization": "Bearer {RANDOM}" }} }});', "access-token"),
    ("web/src/Login.vue", f'const form = {{ user: "a", password: "{GUESSED}" }}', "account-password"),
    ("templates/base.html", f'<meta name="api-key" content="{RANDOM}">', "api-key"),
    ("web/page.html", f"<p>{'shop ' * 1_000}</p><script>const apiKey='{RANDOM}'</script>", "api-key"),
    ("web.config", f"{'<a/>' * 300}<password>{GUESSED}</password>", "account-password"),
]


@pytest.mark.parametrize(("path", "text", "kind"), FOUND, ids=[f"{path}-{kind}" for path, _, kind in FOUND])
def test_it_is_found(path: str, text: str, kind: str) -> None:
    assert [use.kind for use in uses(path, text)] == [kind]


PASSED_OVER = [
    ("deploy/.pgpass", "# host:port:database:user:password\ndb:5432:shop:app:"),
    ("conf/server.xml", "<password>${db.password}</password>\n<password/>\n<passwordPolicy>strong8</passwordPolicy>"),
    ("strings.xml", '<string name="password">Passwort</string>\n<string name="api_key">API key</string>'),
    ("de.xml", "<password>Passwort ändern</password>\n<token>BEGIN_1</token>"),
    ("web/firebase.js", f'const c = {{ apiKey: "{MAPS}", authDomain: "x.firebaseapp.com" }};'),
    ("web/pay.js", f'const stripeKey = "pk_live_{RANDOM[:24]}"; Stripe("pk_test_{RANDOM[:24]}");'),
    ("web/pay.js", f'const publishableKey = "{RANDOM}"; const recaptchaSiteKey = "{RANDOM}";'),
    ("web/log.js", f'Sentry.init({{ dsn: "https://{RANDOM}@o1.ingest.sentry.io/1" }});'),
    ("web/map.html", f'<script src="https://maps.googleapis.com/maps/api/js?key={MAPS}"></script>'),
    ("web/map.js", f'const MAPS_API_KEY = "{RANDOM}"; const SUPABASE_ANON_KEY = "{RANDOM}";'),
    ("web/form.js", 'const t = { password: "Passwort1 wählen", confirmPassword: "Confirm your password" };'),
    ("web/demo.tsx", 'register({ email: "a@b.io", password: "pass1234" })'),
    ("web/form.html", '<input type="password" name="password" placeholder="Passw0rd!">'),
    ("web/auth.js", 'localStorage.setItem("auth_token", token); const STORAGE_KEY = "shop-cart-v2";'),
    ("web/auth.js", 'const JWT_SECRET = process.env.JWT_SECRET; const AUTH_TOKEN_NAME = "shop_auth_1";'),
    ("web/store.ts", 'export const TOKEN_KEY = "access_token_v2"; const apiKey: string = "your-api-key-here";'),
]


@pytest.mark.parametrize(("path", "text"), PASSED_OVER, ids=[f"{n}-{row[0]}" for n, row in enumerate(PASSED_OVER)])
def test_it_is_passed_over(path: str, text: str) -> None:
    assert [(use.kind, use.name) for use in uses(path, text)] == []


def test_nothing_of_a_page_is_sure_and_a_test_s_weighs_less() -> None:
    (app,), (test,) = (uses(path, f'const API_KEY = "{RANDOM}";') for path in ("web/api.js", "web/api.test.js"))
    assert (app.confidence, app.test_only, test.test_only) == ("medium", False, True)


DEFAULTS = [
    ("${DB_PASSWORD:-postgres}", "medium", True, "medium"),
    ("${DB_PASSWORD:-dev_password_1}", "medium", True, "medium"),
    ("${API_KEY:-dev-key-1}", "low", True, "medium"),
    ("${JWT_SECRET:-change-me}", "medium", True, "high"),
    (f"${{DB_PASSWORD:-{GUESSED}}}", "high", False, "critical"),
    (f"${{SHOP_API_KEY:-{RANDOM}}}", "high", False, "high"),
]


@pytest.mark.parametrize(
    ("default", "confidence", "placeholder", "harm"),
    DEFAULTS,
    ids=[row[0].partition(":-")[0][2:] + row[3] for row in DEFAULTS],
)
def test_a_default_of_compose_weighs_as_much_as_it_says(
    default: str, confidence: str, placeholder: bool, harm: str
) -> None:
    (use,) = uses("compose.yaml", f"services:\n  app:\n    environment:\n      X: {default}\n")
    assert (use.confidence, use.placeholder, severity(use).value) == (confidence, placeholder, harm)


def test_a_vendor_would_refuse_a_default_for_development() -> None:
    assert uses("compose.yaml", "services:\n  app:\n    environment:\n      X: ${OPENAI_API_KEY:-dev-key-1}\n") == []
