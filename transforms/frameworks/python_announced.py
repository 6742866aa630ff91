"""Which files have a bearing on a web app: decided on their bytes, before anything is parsed.

Some words announce one wherever they stand. Others (`request`, `View`, `event`) are common in code that has nothing to
do with it, and count only where the code binds them as a handler or a view would: as a parameter, as a base class.
"""

import functools
import re

from transforms.imported import imports_others

OF_SELF = tuple(b"self.db" + end for end in (b".", b",", b")", b" ", b"_", b":", b"[", b"\n", b"\r"))  # not `self.dbuf`
# A file's libraries, refusals, credentials, writes. Words with a part in common are looked for only where that part is.
_WORDS = (
    b"fastapi", b"starlette", b"flask", b"django", b"pymongo", b"motor", b"psycopg", b"asyncpg", b"supabase", b"boto3",
    b"Depends(", b"APIRouter", b"status_code", b"Unauthorized", b"Forbidden", b"PermissionDenied", b"import jwt",
    b"from jose", b"verify_token", b"current_user", b"compare_digest", b".commit(", b"require_auth",
    b"httpx", b"from pydantic", b".query(", b"_service.", b".role", b"passlib", b"bcrypt", b"argon2", b"pwdlib",
    b"check_password", b"mcp", b"langchain", b"celery", b"aws_lambda", b"streamlit", b"gradio", b"@app.", b"@bp.",
    b"@api.", b"test_client", b"rest_framework", b"urlpatterns", b"Consumer", b"socketio",
)  # fmt: skip
_BY_PART: dict[bytes, tuple[bytes, ...]] = {
    b"sql": (b"sqlalchemy", b"sqlmodel", b"sqlite3"),
    b" redis": (b"import redis", b"from redis"),
    b"HTTP": (b"HTTP_40", b"HTTPException"),
    b"_one(": (b"insert_one(", b"update_one(", b"delete_one(", b"find_one("),
    b"_many(": (b"insert_many(", b"update_many(", b"delete_many("),
    b"_item(": (b"put_item(", b"update_item(", b"delete_item("),
    b"(db": (b"(db,", b"(db)"),
    b"self.session": (b"self.session",),
    b"self.db": OF_SELF,
    b"(session": (b"(session,",),
    b"repo": (b"repo.", b"repository."),
    b"udit": (b"audit_log", b"audit_event", b"log_audit", b"AuditLog"),
    b"is_": (b"is_admin", b"is_superuser", b"is_staff"),
    b"tool": (b"tools/call", b"function_tool", b"tool_calls"),
    b"uthenticat": (b"AuthenticationError", b"NotAuthenticated"),
    b"permission": (b"has_permission", b"permission_classes"),
}
TOKENS = (*_WORDS, *(word for words in _BY_PART.values() for word in words))

# What a request, its user or an event is bound by; lines that break inside of the parentheses are read along.
_REQUEST = re.compile(
    rb"\bdef \w+\((?:[^()]*[\s,*])?_?request\b|\blambda [^:\n]*\brequest\b|\brequest\s*=[^=]|\bself\.request\b"
    rb"|\bimport [^\n]*\brequest\b(?!\.)"
)
_OF_REQUEST = re.compile(
    rb"\brequest\.(?:user|session|headers|META|COOKIES|cookies|state|auth|scope|GET|POST|method|path|args|form|json|body)\b"
    rb"|attr\(\s*(?:self\.)?request\b"
)
_USER = re.compile(rb"\bdef \w+\(\s*(?:self,\s*)?user(?:\s*:[^(),]*)?\)|\blambda user:")
_VIEW = re.compile(rb"^[ \t]*class \w+\([^()]*(?:View|ViewSet|Mixin)\b", re.MULTILINE)
_REQUIRED = re.compile(rb"(?:@|\bdef |\bimport |, |\()[\w.]*_required\b")
# Where the paths of routes begin may be all that a file says: `API_PREFIX = "/api/v1"`.
_PATH = re.compile(rb"^[ \t]*[A-Z][A-Z\d_]*(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*f?[\"']/[a-z\d/{}._-]*[\"']", re.MULTILINE)
_EVENT = re.compile(rb"\bdef \w+\(\s*(?:self,\s*)?_?(?:event|evt)\b[^(),]*,")


@functools.lru_cache(maxsize=8)  # it is asked once for each reader, before a file is read and when it is
def matters(content: bytes) -> bool:
    """Whether a file says anything that Python's reader has to hear of."""
    if any(word in content for word in _WORDS):
        return True
    for part, words in _BY_PART.items():
        if part in content and any(word in content for word in words):
            return True
    return takes_requests(content) or takes_events(content) or names_paths(content)


@functools.lru_cache(maxsize=8)
def takes_requests(content: bytes) -> bool:
    """Whether code takes a request or a user, is a view, or says what one requires.

    A class whose bases Python itself brings is no view, and what such a module calls a request is one of the web only
    if it is asked what those of the web are asked.
    """
    binds = b"request" in content and _REQUEST.search(content) is not None
    return (
        (binds and (_OF_REQUEST.search(content) is not None or imports_others(content)))
        or (b"user" in content and _USER.search(content) is not None)
        or (b"_required" in content and _REQUIRED.search(content) is not None)
        or (
            ((b"View" in content or b"Mixin" in content) and _VIEW.search(content) is not None)
            and imports_others(content)
        )
    )


def takes_events(content: bytes) -> bool:
    """Whether a function takes an event and what comes with it."""
    return (b"event" in content or b"evt" in content) and _EVENT.search(content) is not None


def names_paths(content: bytes) -> bool:
    """Whether a constant holds a URL path."""
    return (b'"/' in content or b"'/" in content) and _PATH.search(content) is not None
