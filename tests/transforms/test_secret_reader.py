"""Which literals in Python code are taken for secrets: by name, text and role, one table of each."""

import textwrap

import pytest

from transforms.concepts_secrets import SecretUse
from transforms.frameworks import secret_literals
from transforms.secrets import sample
from transforms.source import SourceFile
from transforms.walk import read

GUESSED = "q7" + "Wz" + "9kTr"  # what a person would choose; not written as one literal, for scanners read this too
RANDOM = sample("api-key", 5)
ELIDED = "ey" + "JhbGciOiJIUzI1NiJ9..."
BY_CHANCE = "83443ff2efe19c7617150617a58d693c" + "2a1c1fda58f09b22befa0b287c7def43"
BASE32 = "JBSWY3DP" + "EHPK3PXP"


def uses(code: str, path: str = "app/settings.py") -> list[SecretUse]:
    source = SourceFile(path, textwrap.dedent(code).encode())
    return list(read(source, [secret_literals]).secrets) if secret_literals.matters(source.content) else []


FOUND = [
    # assignment, attribute, configuration
    ("a constant", f'ADMIN_PASSWORD = "{GUESSED}"', "account-password"),
    ("a local", f'def f():\n    new_pass = "{GUESSED}"', "account-password"),
    ("an annotated field", f'class Settings:\n    secret_key: str = "{GUESSED}"', "framework-signing-key"),
    ("a guessable key", 'SECRET_KEY = "change-me"', "framework-signing-key"),
    ("a short key", 'app.secret_key = "adb"', "framework-signing-key"),
    ("bytes that are no text", r"app.secret_key = b'_5#y2L\xec\x99\xf1/9'", "framework-signing-key"),
    ("a key that is its own name", 'JWT_SECRET = "secret"', "jwt-signing-key"),
    ("a subscript", f"app.config['MAIL_PASSWORD'] = '{GUESSED}'", "smtp-password"),
    ("an app password with spaces", 'EMAIL_HOST_PASSWORD = "kdhw mxpo qnbv trfs"', "smtp-password"),
    ("update", f'app.config.update(SECRET_KEY="{GUESSED}")', "framework-signing-key"),
    ("the environment", f'os.environ["OPENAI_API_KEY"] = "{RANDOM}"', "openai-key"),
    ("after a lookup", f'K = os.getenv("API_KEY")\nAPI_KEY = os.getenv("API_KEY")\nAPI_KEY = "{GUESSED}"', "api-key"),
    ("a placeholder that runs", 'WHATSAPP_API_KEY = "your-whatsapp-api-key"', "meta-token"),
    ("a vendor by name", f'AWS_SECRET_ACCESS_KEY = "{sample("aws-secret-key")}"', "aws-secret-key"),
    ("a walrus", f'if (admin_password := "{GUESSED}"):\n    login()', "account-password"),
    ("a branch of match", f'match env:\n    case "prod":\n        API_KEY = "{RANDOM}"', "api-key"),
    ("pieces that are joined", 'API_KEY = "q8Zr2" + "Lw0xV4b" + "N6mT1yPc9"', "api-key"),
    ("pieces in a call", 'f(admin_password="q7" + "Wz" + "9kTr", user="ann")', "account-password"),
    ("what is filled in by %", f'API_KEY = "%s" % "{RANDOM}"', "api-key"),
    ("what is filled in by format", f'ACCESS_TOKEN = "Bearer {{}}".format("{RANDOM}")', "access-token"),
    # answers of functions
    ("an answer", f'def get_api_key():\n    return "{RANDOM}"', "api-key"),
    ("an answer far below",
     f'def admin_password(self):\n    """Says.\n\n    Twice.\n    """\n    log(1)\n    return "{GUESSED}"', "account-password"),
    ("an answer that is asked first", f'def get_api_key():\n    return os.getenv("KEY") or "{RANDOM}"', "api-key"),
    # cases
    ("a case", f'match password:\n    case None:\n        pass\n    case "{GUESSED}":\n        enter()', "account-password"),
    ("one of two cases", f'match given.password:\n    case "a" | "{GUESSED}":\n        enter()', "account-password"),
    # defaults
    ("getenv", 'KEY = os.getenv("JWT_SECRET", "dev-secret")', "jwt-signing-key"),
    ("environ.get", 'P = os.environ.get("POSTGRES_PASSWORD", "postgres")', "database-password"),
    ("getenv or", f'P = os.getenv("ADMIN_PASSWORD") or "{GUESSED}"', "account-password"),
    ("decouple", 'SECRET_KEY = config("SECRET_KEY", default="django-insecure-abc")', "framework-signing-key"),
    ("on its own line", 'SECRET_KEY = os.environ.get(\n    "X_KEY",\n    "dev-only-key",\n)', "framework-signing-key"),
    ("get of a request", 'p = request.data.get("new_password", "changeme123")', "account-password"),
    ("a parameter", 'def create(username="admin", password="adminpass"): ...', "account-password"),
    ("a pydantic field",
     'class S(BaseSettings):\n    secret_key: str = Field(default="dev-key")', "framework-signing-key"),
    ("an option", f'parser.add_argument("--password", default="{GUESSED}")', "account-password"),
    ("a default of a lambda", f'f = lambda password="{GUESSED}": login(password)', "account-password"),
    ("an option of typer", f'def main(password: str = typer.Option("{GUESSED}")): ...', "account-password"),
    ("a factory", f'@dataclass\nclass C:\n    api_key: str = field(default_factory=lambda: "{RANDOM}")', "api-key"),
    ("a dataclass", f'@dataclass\nclass C:\n    api_key: str = "{RANDOM}"', "api-key"),
    ("a keyword of its own", f'def connect(*, api_key: str = "{RANDOM}"): ...', "api-key"),
    ("settings of pydantic",
     f'class S(BaseSettings):\n    db_password: SecretStr = SecretStr("{GUESSED}")', "database-password"),
    ("a variable that is set", f'os.environ.setdefault("OPENAI_API_KEY", "{RANDOM}")', "openai-key"),
    # dictionaries and arguments
    ("a nested dict", f'C = {{"db": {{"primary": {{"password": "{GUESSED}"}}}}}}', "account-password"),
    ("names side by side", f'USER, PASSWORD = "admin", "{GUESSED}"', "account-password"),
    ("set by name", f'setattr(settings, "api_key", "{RANDOM}")', "api-key"),
    ("a module's attribute", f'import openai\nopenai.api_key = "{RANDOM}"', "api-key"),
    ("a positional argument", f'import cohere\nc = cohere.Client("{RANDOM}")', "cohere-key"),
    ("a header of one's own", f'requests.get(u, headers={{"X-API-Key": "{RANDOM}"}})', "api-key"),
    ("a header that is set", f's.headers["Authorization"] = "Bearer {RANDOM}"  # token', "access-token"),
    ("a dict", f'user = {{"email": "a@b.io", "password": "{GUESSED}"}}', "account-password"),
    ("a database dict", 'D = {"USER": "shop", "PASSWORD": "shop_password", "HOST": host}', "database-password"),
    ("a hash call", f'doc = {{"password": hash_password("{GUESSED}")}}', "account-password"),
    ("hashed under another name", f'hashed = pwd_context.hash("{GUESSED}")', "account-password"),
    ("bcrypt", f'h = bcrypt.hashpw("{GUESSED}".encode(), bcrypt.gensalt())', "account-password"),
    ("a digest", f'ADMIN_PASSWORD_HASH = hashlib.sha256("{GUESSED}".encode()).hexdigest()', "account-password"),
    ("two literals", f'p = {{"password": hash_password("admin123" if x else "{GUESSED}")}}', "account-password"),
    ("set_password", f'user.set_password("{GUESSED}")', "account-password"),
    ("create_user", f'User.objects.create_user(username="admin", password="{GUESSED}")', "account-password"),
    ("a connection", 'psycopg2.connect(host="db", user="app", password="root")', "database-password"),
    ("basic auth", f'requests.get(url, auth=("admin", "{GUESSED}"))', "account-password"),
    ("login by position", f'import smtplib\ns = smtplib.SMTP(h)\ns.login("a@b.io", "{GUESSED}")', "smtp-password"),
    ("jwt by position",
     f'import jwt\nt = jwt.encode(claims, "{GUESSED}", algorithm="HS256")  # token', "jwt-signing-key"),
    ("a vague name, shown by a call",
     f'import jwt\nSECRET = "{GUESSED}"\nt = jwt.encode(c, SECRET)', "jwt-signing-key"),
    ("a header", f'H = {{"Authorization": "Bearer {RANDOM}"}}  # token', "access-token"),
    ("a known call by keyword", f'import redis\nr = redis.Redis(password="{GUESSED}")', "database-password"),
    ("several keys", f'API_KEYS = ["{RANDOM}", "demo"]', "api-key"),
    ("keys of a table", f'API_KEYS = {{"{RANDOM}": "alice"}}', "api-key"),
    ("a phrase", "app.config['SECRET_KEY'] = 'hard to guess string'", "framework-signing-key"),
    ("an admin's word", 'ADMIN_PASSWORD = "password"', "account-password"),
    ("accounts", f'CREDENTIALS = {{"admin": "{GUESSED}"}}', "account-password"),
    ("rows of accounts", f'users = [("bob", "bob@shop.io", "{GUESSED}", "admin")]', "account-password"),
    ("a key in a query", f'url = "https://api.x.io/v1?appid={RANDOM}&q=x"', "api-key"),
    ("a key in a filled query", f'url = f"https://api.x.io/v1?q={{q}}&api_key={RANDOM}"', "api-key"),
    ("overwritten, yet written down", f'MAIL_PASSWORD = "{GUESSED}"\nMAIL_PASSWORD = env("X")', "smtp-password"),
    ("a bot that runs", f'import discord\nbot = discord.Client()\nbot.run("{RANDOM}")', "discord-bot-token"),
    ("a password that begins like a fragment", 'password = "#Engine" + "7"\nurl = f"mysql://a:{password}@b"', "database-password"),
    ("a phrase that anybody tries", 'SECRET_KEY = "a secret key"', "framework-signing-key"),
    ("a key made while tests do not run", 'if not os.getenv("TESTING"):\n    SECRET_KEY = "dev-secret"', "framework-signing-key"),
    ("rows of user accounts", f"""cur.execute("INSERT INTO user_accounts VALUES (1, '{GUESSED}')")""", "account-password"),
    # compared
    ("an input", f'if st.text_input("PIN", type="password") == "{GUESSED}":\n    ok()', "account-password"),
    ("compared", f'if password == "{GUESSED}":\n    admin = True', "account-password"),
    ("compared in constant time", f'ok = hmac.compare_digest(api_key, "{RANDOM}")', "api-key"),
    ("one of several", f'if password in ("{GUESSED}", "other"):\n    ok()', "account-password"),
    ("one of two alternatives", f'password = "{GUESSED}" if debug else os.environ["P"]', "account-password"),
    ("refused", f'if request.form["password"] != "{GUESSED}":\n    abort(401)', "account-password"),
    # addresses and text
    ("a url", f'url = "mongodb+srv://app:{GUESSED}@c.example.net/x"', "database-url"),
    ("a url in a call", f'engine = create_engine("postgresql://app:{GUESSED}@db.io/x")', "database-url"),
    ("a url default", 'U = os.getenv("MONGO_URI", "mongodb://user:pass@cluster/x")', "database-url"),
    ("an f-string url", f'url = f"postgresql://app:{GUESSED}@{{HOST}}/x"', "database-url"),
    ("a url in a docstring", f'def f():\n    """Reads postgresql://app:{GUESSED}@db.io/x."""', "database-url"),
    ("a url of a host that is nobody's", f'url = "postgresql://app:{GUESSED}@host/x"', "database-url"),
    ("a url that runs as it is", 'url = "postgresql://user:password@localhost/x"', "database-url"),
    ("a dsn", f'c = psycopg2.connect("dbname=x user=app password={GUESSED} host=db")', "database-url"),
    ("a command of a shell", f'os.system("PGPASSWORD={GUESSED} pg_dump -h db app")', "database-password"),
    ("a command with an option", f'run("mysql -u root -p{GUESSED} shop", shell=True)', "database-password"),
    ("a command that signs in", f'os.system(f"curl -u admin:{GUESSED} {{url}}")', "account-password"),
    ("the words of a command", f'run([\n    "mysqldump",\n    "-u",\n    "root",\n    "-p{GUESSED}",\n])', "database-password"),
    ("an option in its words", f'run(["mysql", "--password={GUESSED}"])', "account-password"),
    ("an option and its word", f'run(["sshpass", "-p", "{GUESSED}", "ssh", host])', "account-password"),
    ("sql", f"""cur.execute("INSERT INTO users VALUES ('admin', '{GUESSED}')")""", "account-password"),
    ("sql with columns",
     f"""cur.execute("INSERT INTO t (n, password) VALUES ('a', '{GUESSED}')")  # user""", "account-password"),
    ("sql parameters",
     f'cur.execute("INSERT INTO t (n, password) VALUES (?, ?)", ("a", "{GUESSED}"))', "account-password"),
    ("sql that updates",
     f"""cur.execute("UPDATE users SET name = 'a', password = '{GUESSED}' WHERE id = 1")""", "account-password"),
    ("an address put together with %", f'u = "postgresql://%s:{GUESSED}@%s/x" % (user, host)', "database-url"),
    ("an address put together by format", f'u = "postgresql://{{}}:{GUESSED}@{{}}/x".format(user, host)', "database-url"),
    ("a role", f"""cur.execute("CREATE USER app WITH PASSWORD '{GUESSED}'")""", "database-password"),
    ("sql that looks for it", f"""cur.execute("SELECT id FROM users WHERE name = 'a' AND password = '{GUESSED}'")""",
     "account-password"),
    ("sql that looks for a token", f"""q = "SELECT id FROM users u WHERE u.api_token='{GUESSED}'\"""", "access-token"),
    ("what a condition is given",
     f'cur.execute("SELECT id FROM users WHERE name = ? AND password = ?", ("ann", "{GUESSED}"))', "account-password"),
    ("what a condition is given by name",
     f'c.execute("SELECT 1 FROM users WHERE name = %(n)s AND password = crypt(%(p)s, x)", {{"n": "a", "p": "{GUESSED}"}})',
     "account-password"),
    ("what a row is given by name",
     f'c.execute(text("INSERT INTO users (name, password) VALUES (:n, :p)"), {{"n": "ann", "p": "{GUESSED}"}})',
     "account-password"),
    ("parameters one by one",
     f'await c.fetchrow("INSERT INTO t (name, at, password) VALUES ($1, now(), $2)", "ann", "{GUESSED}")',
     "account-password"),
    ("a statement under a name",
     f'sql = f"INSERT INTO {{table}} (name, password) VALUES (?, ?)"\nrows = [("ann", "{GUESSED}")]\n'
     "cur.executemany(sql, rows)", "account-password"),
    ("bound to a text",
     f'c.execute(text("UPDATE users SET password = :p WHERE id = :i").bindparams(p="{GUESSED}", i=3))',
     "account-password"),
    ("an address that is joined", f'u = "mysql://" + USER + ":{GUESSED}@" + HOST', "database-url"),
    ("an address that is joined of pieces", f'u = "mysql://" + USER + ":" + "{GUESSED}" + "@" + HOST', "database-url"),
    ("an address that is joined in a call", f'connect("mysql://app" + ":" + "{GUESSED}" + "@db/x")', "database-url"),
    ("a key of a signature", f'import hmac\nh = hmac.new(b"{GUESSED}", m, "sha256")', "message-signing-key"),
    ("a key of a signature by name", f'import hmac\nh = hmac.new(key=b"{GUESSED}", msg=m)', "message-signing-key"),
    ("a guessable key of a signature", 'import hmac\nh = hmac.new(b"secret", m, "sha256")', "message-signing-key"),
    ("a vague name that is encoded",
     f'import hmac\nK = "{GUESSED}"\nh = hmac.new(K.encode(), m, "sha256")', "message-signing-key"),
    ("what was typed",
     f'def f():\n    p = getpass.getpass("Enter: ")\n    a = 1\n    b = 2\n    return p == "{GUESSED}"', "account-password"),
    ("what was asked for", f'p = input("Password: ")\na = 1\nb = 2\nok = p.strip() != "{GUESSED}"', "account-password"),
    ("what a form sent",
     f'x = request.form["password"]\na = 1\nu = request.form["user"]\nok = x == "{GUESSED}"', "account-password"),
    ("what a header sent",
     f'x = request.headers.get("X-API-Key")\na = 1\nb = 2\nok = x == "{GUESSED}"', "api-key"),
    ("what a parameter is given",
     f'def check(p):\n    return p == "{GUESSED}"\n\n\ndef view():\n    return check(request.form.get("password"))',
     "account-password"),
    ("a table", f'for name, password in [("admin", "{GUESSED}")]:\n    add(name, password)', "account-password"),
    ("a named table", f'USERS = [("a", "{GUESSED}")]\nfor name, password in USERS:\n    add()', "account-password"),
    ("printed", f'print("login: admin@shop.io / {GUESSED}")  # password', "account-password"),
    ("printed with an account filled in", f'print(f"Admin: {{email}} / {GUESSED}")  # login', "account-password"),
    ("said in a comment", f'# Default password: {GUESSED}\nx = 1', "account-password"),
    ("commented out", f'# password = "{GUESSED}"\nx = 1', "account-password"),
    ("a call that was commented out", f'# client = OpenAI(api_key="{RANDOM}")\nx = 1', "api-key"),
    ("a key in a remark", f"# {sample('github-token', 3)} works for now\nx = 1", "github-token"),
    ("a key in a remark behind code", f"x = 1  # {sample('github-token', 3)}", "github-token"),
    ("an entry that was commented out", f'x = {{\n    # "api_key": "{RANDOM}",\n}}', "api-key"),
    ("an address that was commented out", f'# DATABASE_URL=https://ann:{GUESSED}@db.io/x\nx = 1', "basic-auth-url"),
    ("an address behind code", f"x = 1  # see https://ann:{GUESSED}@db.io/x", "basic-auth-url"),
    ("a field of an address", f'class Db:\n    password: str = "{GUESSED}"\n\n    def url(self):\n'
     '        return f"postgresql://app:{self.password}@db.io/x"', "database-password"),
    ("an account and its password", f'AUTH = ("shop", "{GUESSED}")', "account-password"),
    ("a list beside one of names", f'usernames = ["a", "b"]\npasswords = ["{GUESSED}", "{GUESSED}8"]',
     "account-password"),
    ("the key of a cookie", "from streamlit_authenticator import Authenticate\n"
     f'a = Authenticate(users, "shop", "{GUESSED}", 30)', "framework-signing-key"),
    ("a key of OpenWeather", "URL = 'https://api.openweathermap.org/x'\n"
     f'p = {{"q": city, "appid": "{sample("openweather-key")}"}}', "openweather-key"),
    ("a vendor's key in an enumeration", f'class Keys(str, Enum):\n    A = "{sample("github-token")}"', "github-token"),
    ("digits with letters in order by chance", f'SECRET_KEY = "{BY_CHANCE}"', "framework-signing-key"),
    ("a capability", f'webhook_url = "{sample("capability-url")}"', "capability-url"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_it_is_found(code: str, kind: str) -> None:
    assert kind in {use.kind for use in uses(code)}


ALIKE = sample("dashscope-key", 2)
ISSUERS = [
    (f'c = OpenAI(api_key="{ALIKE}", base_url="https://dashscope.aliyuncs.com/v1")', "dashscope-key", ()),
    (f'c = OpenAI(api_key="{ALIKE}", base_url="https://api.deepseek.com")', "deepseek-key", ()),
    (f'c = OpenAI(api_key="{ALIKE}", base_url="https://llm.shop.io/v1")', "api-key", ()),
    (f'c = OpenAI(api_key="{RANDOM}", base_url="https://openrouter.ai/api/v1")', "openrouter-key", ()),
    (f'c = OpenAI(api_key="{RANDOM}")', "openai-key", ()),
    (f'QWEN_API_KEY = "{ALIKE}"', "dashscope-key", ()),
    (f'API_KEY = "{ALIKE}"  # of deepseek', "deepseek-key", ()),
    (f'API_KEY = "{ALIKE}"', "api-key", ("deepseek-key", "dashscope-key", "litellm-key")),
    (f'SILICONFLOW_API_KEY = "{sample("stability-key")}"', "api-key",
     ("openai-key", "braintrust-key", "litellm-key", "moonshot-key", "stability-key")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "alike"), ISSUERS, ids=range(len(ISSUERS)))
def test_whose_key_it_is_says_its_name_its_client_or_nothing(code: str, kind: str, alike: tuple[str, ...]) -> None:
    (use,) = uses(f"from openai import OpenAI\n{code}\n")
    assert (use.kind, use.alike) == (kind, alike)


PASSED_OVER = [
    ("a command with a word for a password", 'os.system("mysql -u root -pPASSWORD shop")'),
    ("a command that is filled in", 'os.system(f"mysql -u root -p{password} shop")'),
    ("how a command is called", 'os.system("curl -u user:password https://acme.dev")'),
    ("words that are filled in", 'run(["curl", "-u", f"{user}:{password}", url])'),
    ("another option", 'run(["mysql", "-port", "3306"])'),
    ("an empty default", 'P = os.getenv("DB_PASSWORD", "")'),
    ("a lookup", 'P = os.environ["DB_PASSWORD"]\nQ = os.getenv("API_KEY")'),
    ("a lookup or nothing", 'P = os.getenv("API_KEY") or ""'),
    ("no value", 'secret_key: str = None\npassword = ""\nAPI_KEY = "none"'),
    ("a required field", 'secret_key: str = Field(..., env="SECRET_KEY", description="the password to use")'),
    ("the name of an entry", 'CHANNEL_SECRET_NAME = "prod/channel"\nGROQ_API_KEY_NAME = "groq-key-2"'),
    ("a broker call", 'API_KEY = get_secret("prod/api-key-1")\nTOKEN = client.read(SECRET_NAME)'),
    ("a token type", 'token_type: str = "bearer"\nx = {"access_token": t, "token_type": "bearer"}'),
    ("a lifetime", 'ACCESS_TOKEN_EXPIRE_MINUTES = "30"\nKEY_PREFIX = "shop:v2"'),
    ("validators", 'V = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]'),
    ("hashers", 'pwd = CryptContext(schemes=["bcrypt"], deprecated="auto")\nPASSWORD_HASHER = "bcrypt"'),
    ("a form field", 'password = PasswordField("Password", validators=[x])\nlabel = {"password": "Password"}'),
    ("a translation", 'de = {"username": "Benutzername", "password": "Passwort"}'),
    ("a message",
     'flash("Invalid password")\nraise ValueError("password too short: 8")\nerrors = {"password": "Too short!"}'),
    ("an input", 'password = input("Enter password: ")\napi_key = st.text_input("API key", type="password")'),
    ("reserved names", 'c = {"token_uri": "https://oauth2.googleapis.com/token", "auth_uri": "https://x.io/auth"}'),
    ("a table name", '__tablename__ = "refresh_tokens"\nTOKEN_TABLE = "revoked_tokens"'),
    ("a cookie name", 'SESSION_COOKIE = "shop_session"\nTOKEN_COOKIE_NAME = "access_token"'),
    ("a header name", 'API_KEY_HEADER = "X-API-Key"\nh = APIKeyHeader(name="X-API-Key")'),
    ("where a key is kept", 'SECRET_KEY = "aws_secret_access_key"\nTOKEN_KEY = "AWSSecretKey"'),
    ("a variable's name", 'PASSWORD_VAR = "DB_PASSWORD"\napi_key = "OPENAI_API_KEY"'),
    ("a url's name", "path('auth/', View.as_view(), name='token_obtain_pair')"),
    ("an address without a password", 'U = os.getenv("MONGO_URI", "mongodb://localhost:27017/")'),
    ("an address in a client", 'from pymongo import MongoClient\nc = MongoClient("mongodb+srv://your_mongo_url")'),
    ("sqlite", 'DATABASE_URL = "sqlite:///./app.db"'),
    ("an address put together", 'u = f"postgresql://{USER}:{PASSWORD}@{HOST}/x"\nv = "pg://%s:%s@%s" % a'),
    ("a public key", 'VAPID_PUBLIC_KEY = "' + RANDOM + '"\nSTRIPE_PUBLISHABLE_KEY = "' + RANDOM + '"'),
    ("the anonymous key by name", f'SUPABASE_ANON_KEY = "{RANDOM}"'),
    ("a schema example", 'class C:\n    json_schema_extra = {"example": {"password": "secure_password_123"}}'),
    ("a field example", 'password: str = Field(..., example="Str0ng-Pass", description="API key: abc123def")'),
    ("a docstring",
     f'def f():\n    """>>> register("alice", password="pa55word1")\n    secret = "{BASE32}"\n    """'),
    ("an address in a docstring",
     'def f():\n    """`create_engine("postgresql://app:secret@db.shop.io/name")`."""\n"""redis://:pass@cache"""'),
    ("addresses that show what one looks like",
     'A = "postgresql://user:password@host/name"\nB = "mysql://username:pass@hostname:3306/db"\n'
     'C = "amqp://user:pwd@your-host/"\nD = "mongodb://USER:PASSWORD@db.example.com/x"\n'
     'print("postgresql://username:password@host/db")'),
    ("settings of tests", 'class TestingConfig(Config):\n    TESTING = True\n    SECRET_KEY = "test"\n'
     'class SettingsForTests:\n    JWT_SECRET_KEY = "secret"'),
    ("a list beside one of another function",
     f'def f():\n    emails = ["a", "b"]\ndef g():\n    passwords = ["{GUESSED}", "p@ssw0rd!"]'),
    ("an id of another service", 'WECHAT = {"appid": "wx8397f8' + '696b538317"}'),
    ("an enumeration", 'class Field(str, Enum):\n    PASSWORD = "pass_word1"\n    API_KEY = "api1key2"'),
    ("a check of the default", 'K = os.getenv("API_ID")\nif SECRET_KEY == "change-me":\n    warn()'),
    ("a mask", 'password = "********"\nd = {"api_key": "[REDACTED]"}'),
    ("type words", 'd = {"password": "string", "token": "str"}\nf = {"username": "username", "password": "password"}'),
    ("other tokens", 'eos_token = "</s>"\nnext_token = "abc"\ncsrf_token = "x1y2z3"\nreply_token = "r1"'),
    ("other keys", 'primary_key = "id1"\ncache_key = "user:1"\nSORT_KEY = "created_2"\nkey = "abc123"'),
    ("a vendor's name only", 'OPENAI_API_KEY = "test"\nclient = OpenAI(api_key="not-needed")'),
    ("made at run time", "SECRET_KEY = secrets.token_hex(32)\nkey = os.urandom(24)"),
    ("a wrong password", 'wrong_password = "abc123xyz"\ninvalid_token = "abc.def.1"'),
    ("an elided token", f'd = "Example: Bearer {ELIDED}"'),
    ("overwritten", 'SECRET_KEY = "change-me"\nSECRET_KEY = os.environ["SECRET_KEY"]'),
    ("firebase for the web", f'c = {{"apiKey": "{sample("google-api-key")}", "authDomain": "x.firebaseapp.com"}}'),
    ("a query", "q = '''SELECT username, hashed_password FROM users WHERE username = ?'''"),
    ("a table's columns", "c.execute('CREATE TABLE users (username TEXT, password TEXT)')"),
    ("a path", 'PRIVATE_KEY = "/run/secrets/key.pem"\nsecret_key = "./keys/dev.pem"'),
    ("a list of what is refused", 'COMMON_PASSWORDS = ["pass1word2", "letmein123"]'),
    ("words for parsers", 'STOP_TOKENS = ["</s>", "im_end_1234"]\nSORT_KEYS = ["name_asc_01"]'),
    ("rows that are no accounts", 'users = [("bob", "bob@shop.io", "EMP0012", "room-12")]'),
    ("a dictionary of people", 'USERS = {"u1": "alice", "u2": "Bob Smith 2"}'),
    ("a query without a key", 'url = f"https://x.io?token={token}&key=user-name-1"'),
    ("a setting that names itself", 'API_KEY = "apikey"\nAUTH_TOKEN = "auth_token"\nDEVICE_TOKEN = "device"'),
    ("checksums and commits",
     f'SHA256 = "{"9f8e7d6c" * 8}"\nCOMMIT = "{"9f8e7d6c5b" * 4}"\nETAG = "{"9f8e7d6c" * 4}"'),
    ("ids", f'CLIENT_ID = "{RANDOM}"\nSHEET_ID = "{RANDOM}"\nAWS_KEY_ID_NAME = "x1"\nAPI_KEY_ID = "{RANDOM}"'),
    ("names compared", 'if token_type in ("bearer", "basic"):\n    ok()\nif password in ("password", "confirm"):\n    no()'),
    ("sql that updates by a parameter", "q = 'UPDATE users SET password = ?, name = %s'\nr = \"SET password = '%s'\""),
    ("an example in a comment", f'# e.g. Client(api_key="{RANDOM}")\nx = 1'),
    (
        "what an address is made of, in a text about it",
        f'def f():\n    """Its parts:\n\n       https://ann:{GUESSED}@m\u00fcller.de:80/path#anchor\n       [user] [password]\n    """',
    ),
    ("fields side by side", 'user, password = "username", "password"\na, token = request.split()'),
    ("a reference to code", 'PASSWORD = "streamlit.text_input[password]"\nAPI_KEY = "app.settings.api_key()"'),
    ("interpolated", 'h = {"Authorization": f"Bearer {token}"}\npw = f"{salt}{password}"'),
    ("a prompt", 'print("password: ")\nprint(f"token {token}")\nprint("Set OPENAI_API_KEY=sk-... first")'),
    # answers, cases, pieces that are none
    ("the type of a token", 'def get_token_type():\n    return "bearer"'),
    ("an error of a function", 'def get_password_error():\n    return "too-short-1"'),
    ("an answer that is a word", 'def get_password():\n    return "password"'),
    ("the name of a header", 'def get_api_key_name():\n    return "X-API-Key-2"'),
    ("a stand-in", f'def get_mock_api_key():\n    return "{RANDOM}"'),
    ("an answer of another function",
     f'def get_api_key():\n    def inner():\n        return "{RANDOM}"\n    return f(inner)'),
    ("an answer that is made", 'def get_password():\n    return f"{a}-{b}"'),
    ("a check", 'def check_password(password):\n    return "Ab1-is-wrong"'),
    ("cases of something else", f'match kind:\n    case "{GUESSED}":\n        pass'),
    ("cases of a parser", 'match token:\n    case "BEGIN" | "end-of":\n        pass'),
    ("a piece that is made", 'API_KEY = PREFIX + "abc"'),
    ("pieces of a path", 'API_KEY_PATH = "keys/" + "live.pem"'),
    ("a label", 'PASSWORD_LABEL = "%s" % "Your-passw0rd"'),
    ("a name that is filled in", 'API_KEY = "%s" % name'),
    ("a server that runs", 'import discord\nimport uvicorn\nuvicorn.run("server:app", port=8000)  # token'),
    ("a job that runs", 'async def f(service):\n    await service.run("job-1")  # token'),
    ("a default that people read", 'log.info("Secret Key: %s", os.getenv("SECRET_KEY", "Not set"))'),
    ("an f-string with it", 'print(f"key: {os.getenv(\'SECRET_KEY\', \'not configured\')}")'),
    ("routes in a comment", "# Edit (Route: POST /admin/users/<id>/edit)\n# login as admin/users/1\nx = 1"),
    ("rows of orders", """cur.execute("INSERT INTO customer_orders VALUES (1, 'CO1', 'SSX-77')")"""),
    ("what stands in while tests run", 'if os.getenv("TESTING"):\n    settings.SECRET_KEY = "test-secret-key"'),
    ("a key with nothing in it", 'PEM = "-----BEGIN PRIVATE KEY-----\\nMOCKKEY\\n-----END PRIVATE KEY-----"'),
    ("a column of names", """q = "SELECT value FROM settings WHERE key = 'password'\""""),
    ("an attack in a test", """q = "SELECT id FROM users WHERE password = 'x' OR '1'='1'\""""),
    ("other columns", f'c.execute("SELECT id FROM t WHERE name = ? AND role = ?", ("password", "{GUESSED}"))'),
    ("another address that is joined", 'u = "http://" + host + ":8080/x@y"\nv = "mysql://" + USER + ":" + PW + "@" + HOST'),
    ("labels that a protocol prescribes",
     'import hmac\nh = hmac.new(b"WebAppData", token.encode(), sha256)\nh = hmac.new(b"Bitcoin seed", s, sha512)\n'
     f'h = hmac.new(b"", m, sha256)\nh = hmac.new(KEY, b"{GUESSED}", sha256)'),
    ("a question about a password", 'x = input("Reset password? (y/n)")\na = 1\nok = x == "y1"'),
    ("a way out", 'p = input("Password: ")\na = 1\nb = 2\nif p == "exit" or mode == "r2d2":\n    pass'),
    ("what another parameter is given",
     f'def check(p, mode):\n    return mode == "{GUESSED}"\n\n\ndef view():\n    return check(request.form["password"], 1)'),
    ("two that are filled in", 'API_KEY = "%s-%s" % ("a", "b")'),
]  # fmt: skip


@pytest.mark.parametrize("code", [row[1] for row in PASSED_OVER], ids=[row[0] for row in PASSED_OVER])
def test_it_is_passed_over(code: str) -> None:
    assert [(use.kind, use.name, use.place.line) for use in uses(code)] == []


def test_a_key_below_a_comment_is_found_once() -> None:
    (use,) = uses(f'# Payments\nSTRIPE_API_KEY = "{sample("stripe-key", 7)}"\n')
    assert (use.role, use.place.line) == ("assigned", 2)


def test_a_key_in_an_argument_that_was_switched_off_is_found() -> None:
    (use,) = uses(f'# client = Client(api_key="{RANDOM}")\nx = 1\n')
    assert (use.role, use.place.line) == ("in_text", 1)


def test_an_address_with_the_account_for_a_password_is_guessable() -> None:
    (use,) = uses('DATABASE_URL = "postgresql://shopkeeper:shopkeeper@localhost/shop"\n')
    assert (use.kind, use.placeholder, use.confidence) == ("database-url", True, "medium")


def test_a_test_s_words_for_a_vendor_s_key_are_no_key() -> None:
    source = SourceFile("tests/test_pay.py", b'STRIPE_SECRET_KEY = "sk_test_1a"\ntoken = f(access_token="token-1")\n')
    assert read(source, [secret_literals]).secrets == ()


def test_digits_with_letters_in_order_by_chance_are_no_placeholder() -> None:
    assert [use.placeholder for use in uses(f'SECRET_KEY = "{BY_CHANCE}"')] == [False]


def test_code_that_was_commented_out_is_found_once() -> None:
    assert len(uses(f'# OPENAI_API_KEY = "{sample("openai-key")}"\nx = 1')) == 1
