"""What the tests of an app are given where it asks for a secret while it is imported: words, never a key.

They are long enough for a signing key, and an encryption key of words is one that can be used. An address keeps its
scheme and leads to this machine: it is read when a client is made, long before somebody connects.
"""

WORDS = "for-tests-only-and-never-the-real-secret"
FORMED = "for-tests-only-and-never-an-encryption-key-="  # 32 bytes in base64url, which Fernet insists on
_HOST = "localhost/for-tests-only"


def stub(kind_id: str, scheme: str = "", template: str = "") -> str:
    """A harmless value for a secret of that kind; `template` is what stands around it where it is only a part."""
    if template:
        return WORDS
    match kind_id:
        case "database-url":
            return f"{scheme.removesuffix('+srv')}://{_HOST}" if scheme else "sqlite://"
        case "basic-auth-url" | "capability-url":
            return f"http://{_HOST}"
        case "encryption-key":
            return FORMED
    return WORDS
