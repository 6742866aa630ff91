"""What names say: the kind of secret they would hold, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.secrets import kinds
from transforms.secrets.names import read_name, secret_name
from transforms.secrets.vocabulary import words

SURELY = {
    "account-password": "password ADMIN_PASSWORD new_pass password_to_test userPassword default_pwd senha pass "
    "FIRST_SUPERUSER_PASSWORD",
    "database-password": "DB_PASSWORD POSTGRES_PASSWORD dbPass PGPASSWORD redis_password mongo_db_passwd",
    "smtp-password": "EMAIL_HOST_PASSWORD SMTP_PASS mail_password MAIL_PWD",
    "framework-signing-key": "SECRET_KEY secret_key DJANGO_SECRET_KEY app_secret session_secret secret_key_base",
    "jwt-signing-key": "JWT_SECRET JWT_SECRET_KEY jwtSecret JWT_KEY access_token_secret",
    "encryption-key": "ENCRYPTION_KEY FERNET_KEY aes_key",
    "openai-key": "OPENAI_API_KEY openaiApiKey openai_key",
    "stripe-key": "STRIPE_SECRET_KEY stripe_api_key",
    "stripe-webhook-secret": "STRIPE_WEBHOOK_SECRET",
    "webhook-secret": "WEBHOOK_SECRET",
    "aws-secret-key": "AWS_SECRET_ACCESS_KEY aws_secret_key",
    "oauth-client-secret": "CLIENT_SECRET client_secret oauth_secret consumer_secret",
    "api-key": "API_KEY apiKey X-API-Key admin_key service_key private_key SUBSCRIPTION_KEY api_key_2",
    "access-token": "AUTH_TOKEN access_token bot_token api_token BEARER_TOKEN",
    "huggingface-token": "HF_TOKEN HUGGINGFACEHUB_API_TOKEN",
    "twilio-token": "TWILIO_AUTH_TOKEN",
    "password-hash": "password_hash ADMIN_PASSWORD_HASH hashed_password",
}
PERHAPS = "secret token session_token user_token license"
NOTHING = words(
    "token_type tokens max_tokens ACCESS_TOKEN_EXPIRE_MINUTES token_uri TOKEN_URL csrf_token next_token pad_token "
    "reply_token primary_key foreign_key cache_key sort_key key KEY_PREFIX public_key STRIPE_PUBLISHABLE_KEY "
    "SUPABASE_ANON_KEY VAPID_PUBLIC_KEY password_field password_validators PASSWORD_HASHERS password_min_length "
    "reset_password forgot_password wrong_password SECRET_NAME secret_arn SECRET_ID CHANNEL_SECRET_NAME "
    "GROQ_API_KEY_NAME API_KEY_HEADER key_file private_key_path bypass keyboard monkey passenger compass "
    "JIRA_PROJECT_KEY issue_key business_key_value "
    "tokenizer secretary access_key_id email username host"
)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SURELY.items() for name in names.split()])
def test_a_name_that_surely_speaks_of_a_secret(kind: str, name: str) -> None:
    reading = read_name(name)
    assert reading is not None
    assert (reading.kind, reading.strong) == (kind, True)


@pytest.mark.parametrize("name", PERHAPS.split()[:4])
def test_a_name_that_may_speak_of_one(name: str) -> None:
    reading = read_name(name)
    assert reading is not None
    assert not reading.strong


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_a_name_that_speaks_of_none(name: str) -> None:
    assert read_name(name) is None


@given(st.text(max_size=100))
def test_any_name_can_be_read_and_says_a_known_kind(name: str) -> None:
    reading = read_name(name)
    assert reading is None or reading.kind in {kind.id for kind in kinds()}


@pytest.mark.parametrize(
    ("name", "expected"), [("apiKey", "API_KEY"), ("STRIPE_API_KEY", "STRIPE_API_KEY"), ("x-api-key", "X_API_KEY")]
)
def test_a_name_becomes_the_name_of_an_entry(name: str, expected: str) -> None:
    assert secret_name(name) == expected


def test_a_digit_stays_with_the_word_that_it_ends() -> None:
    assert [secret_name(each) for each in ("S3_SECRET_KEY", "s3SecretKey", "OAUTH2_SECRET", "apiKey2")] == [
        "S3_SECRET_KEY", "S3_SECRET_KEY", "OAUTH2_SECRET", "API_KEY2",
    ]  # fmt: skip


def test_a_product_s_key_says_which_product_it_is() -> None:
    assert read_name("productKey") is None
