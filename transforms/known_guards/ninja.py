"""What operations of Django Ninja ask of their callers, from the library and those beside it. Sources: their code."""

_SESSIONS = r"ninja\.security\.(?:\w+\.)*"
_PERMISSIONS = r"ninja_extra\.permissions\.(?:\w+\.)*"

AUTHENTICATES = (
    rf"{_SESSIONS}(?:django_auth(?:_superuser|_is_staff)?|SessionAuth(?:SuperUser|IsStaff)?(?:\(\))?)",
    r"ninja_jwt\.authentication\.\w+(?:\(\))?",
    r"ninja_extra\.security\.(?:\w+\.)*(?:Async)?SessionAuth(?:SuperUser|IsStaff)?(?:\(\))?",
    rf"{_PERMISSIONS}(?:IsAuthenticated|IsAdminUser)",
)
LOGINS = (
    r"ninja\.security\.(?:\w+\.)*(?:django_auth|SessionAuth(?:\(\))?)",
    r"ninja_jwt\.authentication\.JWTAuth(?:\(\))?",
    rf"{_PERMISSIONS}IsAuthenticated",
)
READERS_PASS = (rf"{_PERMISSIONS}IsAuthenticatedOrReadOnly",)
ROLES = (
    rf"{_PERMISSIONS}IsAdminUser",
    r"ninja\.security\.(?:\w+\.)*(?:django_auth_(?:superuser|is_staff)|SessionAuth(?:SuperUser|IsStaff)(?:\(\))?)",
)
HARMLESS = ("ninja", "ninja_extra")
