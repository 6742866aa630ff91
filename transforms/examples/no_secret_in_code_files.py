"""Examples of `no-secret-in-code`: files that are not Python."""

from transforms.api import Bad

_NEVER = "# secret; never write its value here\n"
_COMPOSE = "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: {}\n      DATABASE_URL: postgres://{}db/shop\n"
_LOAD = """import tomllib

import httpx

with open("config.toml", "rb") as file:
    config = tomllib.load(file)


def charge():
    return httpx.post(config["stripe"]["url"], auth=(config["stripe"]["api_key"], ""))
"""
_TOML = '[stripe]\nurl = "https://api.stripe.com/v1/charges"\n{}\n'
_IMAGE = "FROM python\n{}\n{}\nCMD python main.py\n"
_SCRIPT = "#!/bin/sh\nexport STRIPE_API_KEY={}\nDB_PASSWORD={}  # of the shop\nPGPASSWORD={} psql shop\n"
_DOCUMENT = '{\n  "stripe": {\n    "key": KEY,\n    "url": "https://api.stripe.com"\n  }\n}\n'
_LOADED = """import json

{}
def charge():
    with open("config.json") as file:
        found = json.load(file)
    return found["stripe"]["url"], {}
"""
_COPY = "# Copy this file to secrets.toml and fill it in there: git does not keep that one."

EXAMPLES = (
    Bad(
        "a key in a committed .env",
        {".env": "DEBUG=1\nSTRIPE_API_KEY={{stripe-key}}\n", ".gitignore": "*.pyc\n"},
        {".gitignore": "*.pyc\n.env\n", ".env.example": f"DEBUG=\n{_NEVER}STRIPE_API_KEY=\n"},
        removes=(".env",),
    ),
    Bad(
        "a database of a compose file",
        {"compose.yaml": _COMPOSE.format("shop", "app:{{database-password}}@")},
        {
            "compose.yaml": _COMPOSE.format("${POSTGRES_PASSWORD:?}", "app:${DATABASE_PASSWORD:?}@"),
            ".env.example": f"{_NEVER}POSTGRES_PASSWORD=\n{_NEVER}DATABASE_PASSWORD=\n",
        },
        findings=2,
    ),
    Bad(
        "a key in the recipe of an image",
        {"Dockerfile": _IMAGE.format("ENV STRIPE_API_KEY={{stripe-key}}", 'ARG GITHUB_TOKEN="{{github-token}}"')},
        {
            "Dockerfile": _IMAGE.format("# STRIPE_API_KEY is given when the container runs", "ARG GITHUB_TOKEN"),
            ".env.example": f"{_NEVER}STRIPE_API_KEY=\n",
        },
        findings=2,
    ),
    Bad(
        "a key that the build of an image uses",
        {"Dockerfile": "FROM python\nENV STRIPE_API_KEY={{stripe-key}}\nRUN ./fetch $STRIPE_API_KEY\n"},
    ),
    Bad(
        "variables of a script",
        {"run.sh": _SCRIPT.format("{{stripe-key}}", '"{{database-password}}"', "'{{database-password}}x'")},
        {
            "run.sh": _SCRIPT.format(
                '"${STRIPE_API_KEY:?set STRIPE_API_KEY}"',
                '"${DB_PASSWORD:?set DB_PASSWORD}"',
                '"${PGPASSWORD:?set PGPASSWORD}"',
            )
        },
        findings=3,
    ),
    Bad(
        "what a script writes to another file",
        {"run.sh": "cat > .env <<EOF\nSTRIPE_API_KEY={{stripe-key}}\nEOF\n"},
    ),
    Bad(
        "a key in a workflow, which no patch touches",
        {".github/workflows/deploy.yml": "env:\n  STRIPE_API_KEY: {{stripe-key}}\n"},
    ),
    Bad(
        "a document that a function loads under a name of its own",
        {
            "config.json": _DOCUMENT.replace("KEY", '"{{stripe-key}}"'),
            "pay.py": _LOADED.format("", 'found["stripe"]["key"]'),
        },
        {
            "config.json": _DOCUMENT.replace("KEY", "null"),
            "pay.py": _LOADED.format("from controls.secrets import get_secret\n\n", 'get_secret("STRIPE_KEY")'),
        },
        adds=("controls/__init__.py", "controls/secrets.py", ".env.example", ".gitignore"),
    ),
    Bad(
        "a script that fills a table",
        {"seed.sql": "INSERT INTO users (name, password) VALUES ('a', '{{account-password}}');\n"},
    ),
    Bad(
        "a key of a file that the app loads",
        {"config.toml": _TOML.format('api_key = "{{stripe-key}}"'), "pay.py": _LOAD},
        {
            "config.toml": _TOML.format("# api_key: the app asks for it as STRIPE_API_KEY, where secrets are kept"),
            "pay.py": _LOAD.replace(
                "import httpx\n", "import httpx\n\nfrom controls.secrets import get_secret\n"
            ).replace('config["stripe"]["api_key"]', 'get_secret("STRIPE_API_KEY")'),
        },
        adds=(
            "controls/__init__.py",
            "controls/secrets.py",
            ".env.example",
            ".gitignore",
        ),
    ),
    Bad(
        "what Streamlit would be given by its platform",
        {".streamlit/secrets.toml": 'STRIPE_API_KEY = "{{stripe-key}}"\n'},
        {
            ".gitignore": ".streamlit/secrets.toml\n",
            ".streamlit/secrets.toml.example": f'{_COPY}\n\nSTRIPE_API_KEY = ""\n',
        },
        removes=(".streamlit/secrets.toml",),
    ),
    Bad(
        "the default of a Terraform variable",
        {"main.tf": 'variable "db_password" {\n  default = "{{database-password}}"\n}\n'},
        {"main.tf": 'variable "db_password" {\n  sensitive = true\n}\n'},
    ),
)
