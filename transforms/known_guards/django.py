"""Guards that apps on Django and its REST framework take from libraries. Sources: the libraries' documentation."""

AUTHENTICATES = (
    r"django\.contrib\.auth\.decorators\.(?:login_required|permission_required|user_passes_test)",
    r"django\.contrib\.admin\.views\.decorators\.staff_member_required",
    r"django\.contrib\.auth\.mixins\.(?:LoginRequired|PermissionRequired|UserPassesTest)Mixin",
    r"django\.contrib\.auth\.middleware\.LoginRequiredMiddleware",
    r"django\.contrib\.auth\.views\.PasswordChange(?:Done)?View",
    r"django\.contrib\.admin\.(?:\w+\.)*(?:site\.urls|site\.admin_view)",
    r"rest_framework\.permissions\.(?:IsAuthenticated|IsAdminUser|DjangoModelPermissions|DjangoObjectPermissions)",
    r"djoser\.permissions\.CurrentUserOrAdmin",
    r"braces\.views\.(?:\w+\.)*(?:Login|Superuser|Staffuser|Group|Permission|MultiplePermissions|UserPassesTest|SSL)"
    r"\w*Required\w*Mixin",
    r"guardian\.(?:decorators\.permission_required\w*|mixins\.(?:LoginRequired|PermissionRequired)Mixin)",
    r"django_otp\.decorators\.otp_required",
    r"two_factor\.views\.(?:\w+\.)*OTPRequiredMixin",
    r"rolepermissions\.(?:decorators\.has_\w+_decorator|mixins\.Has\w+Mixin)",
    r"rules\.contrib\.views\.(?:permission_required|PermissionRequiredMixin)",
    r"rest_framework_api_key\.permissions\.(?:HasAPIKey|BaseHasAPIKey)",
    r"oauth2_provider\.contrib\.rest_framework\.(?:\w+\.)*(?:TokenHasScope|TokenHasReadWriteScope|TokenHasResourceScope)",
    r"oauth2_provider\.(?:decorators\.(?:protected_resource|rw_protected_resource)|views\.generic\.Protected\w+View)",
    r"graphql_jwt\.decorators\.(?:login|staff_member|superuser|permission)_required",
    r"channels\.auth\.login_required",
    r"debug_toolbar\.decorators\.require_show_toolbar",
)  # fmt: skip
LOGINS = (
    r"django\.contrib\.auth\.(?:decorators\.login_required|mixins\.LoginRequiredMixin|middleware\.LoginRequiredMiddleware)",
    r"rest_framework\.permissions\.IsAuthenticated",
)
# Predicates that let everybody read, and ask who it is before anything else.
READERS_PASS = (
    r"rest_framework\.permissions\.(?:IsAuthenticatedOrReadOnly|DjangoModelPermissionsOrAnonReadOnly)",
    r"oauth2_provider\.contrib\.rest_framework\.(?:\w+\.)*IsAuthenticatedOrTokenHasScope",
)
ROLES = (
    r"django\.contrib\.admin\.(?:\w+\.)*(?:site\.urls|site\.admin_view)",
    r"django\.contrib\.auth\.decorators\.permission_required",
    r"django\.contrib\.admin\.views\.decorators\.staff_member_required",
    r"django\.contrib\.auth\.mixins\.PermissionRequiredMixin",
    r"rest_framework\.permissions\.(?:IsAdminUser|DjangoModelPermissions|DjangoObjectPermissions)",
    r"djoser\.permissions\.CurrentUserOrAdmin",  # of others' accounts
    r"braces\.views\.(?:\w+\.)*(?:Superuser|Staffuser|Group|Permission|MultiplePermissions)\w*Required\w*Mixin",
    r"rolepermissions\.(?:decorators\.has_\w+_decorator|mixins\.Has\w+Mixin)",
    r"graphql_jwt\.decorators\.(?:staff_member|superuser|permission)_required",
)
HARMLESS = (
    "django", "rest_framework", "corsheaders", "whitenoise", "debug_toolbar", "django_prometheus", "silk", "csp",
    "drf_spectacular", "drf_yasg", "django_filters", "simple_history", "auditlog", "crum", "waffle", "ratelimit",
    "django_ratelimit", "cachalot", "compression_middleware", "django_htmx", "htmx", "django_browser_reload",
    "django_structlog", "request_id", "log_request_id", "axes", "defender", "querycount", "hijack",
    "django_user_agents", "django_tenants", "tenant_schemas", "allauth.account.middleware",
    "django_cprofile_middleware", "gzip",
)  # fmt: skip
# What raising or returning it answers.
STATUSES = {
    "django.core.exceptions.PermissionDenied": 403,
    "django.http.HttpResponseForbidden": 403,
    "django.contrib.auth.views.redirect_to_login": 401,
    "rest_framework.exceptions.NotAuthenticated": 401,
    "rest_framework.exceptions.AuthenticationFailed": 401,
    "rest_framework.exceptions.PermissionDenied": 403,
    "rest_framework_simplejwt.exceptions.AuthenticationFailed": 401,
    "rest_framework_simplejwt.exceptions.InvalidToken": 401,
}
