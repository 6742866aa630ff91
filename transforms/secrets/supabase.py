"""Supabase: secret keys, older service-role keys, which are JWTs that say so, and access tokens of accounts (`sbp_`).

Publishable keys are public.

Keys: https://supabase.com/docs/guides/api/api-keys
"""

import base64
import json
from random import Random

from transforms.secrets.kinds import ALPHANUMERIC, BASE64URL, HEX, Call, Harm, SecretKind, shaped, text

_ROTATE = "https://supabase.com/dashboard/project/_/settings/api-keys"


def _part(content: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def _service_role(rng: Random) -> str:
    claims = {"iss": "supabase", "ref": text(rng, "abcdefghijklmnopqrst", 20), "role": "service_role"}
    return ".".join((_part({"alg": "HS256", "typ": "JWT"}), _part(claims), text(rng, BASE64URL, 43)))


KINDS = (
    SecretKind(
        id="supabase-key",
        title="Supabase secret key",
        pattern=r"sb_secret_[0-9A-Za-z_-]{22,44}(?![0-9A-Za-z_-])",
        names=("supabase",),
        marks=("sb_secret_",),
        secret_name="SUPABASE_SERVICE_KEY",
        rotate_url=_ROTATE,
        revoke="Create a new secret key and delete the old one.",
        generate=shaped("sb_", "secret_", (ALPHANUMERIC, 22), "_", (ALPHANUMERIC, 8)),
        calls=(
            Call("supabase.create_client", "supabase_key", 1),
            Call("supabase.acreate_client", "supabase_key", 1),
            Call("supabase.create_async_client", "supabase_key", 1),
        ),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="supabase-service-role",
        title="Supabase service-role key",
        pattern=r"eyJ[0-9A-Za-z_-]{20,60}\.eyJ(?:pc3MiOiJzdXBhYmFzZSI|[0-9A-Za-z_-]{0,200}c2VydmljZV9yb2xl)"
        r"[0-9A-Za-z_-]{10,300}\.[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])",
        names=(),
        marks=("eyJ",),
        secret_name="SUPABASE_SERVICE_KEY",
        rotate_url=_ROTATE,
        revoke="Rotate the JWT secret of the project: the service-role key changes with it.",
        generate=_service_role,
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="supabase-access-token",
        title="Supabase access token",
        pattern=r"sbp_[0-9a-z]{40}\b",
        names=("supabase access",),
        marks=("sbp_",),
        secret_name="SUPABASE_ACCESS_TOKEN",
        rotate_url="https://supabase.com/dashboard/account/tokens",
        revoke="Delete the token in the account: it manages every project of its owner.",
        generate=shaped("sb", "p_", (HEX, 40)),
        harm=Harm.TAKE_OVER,
    ),
)
