"""What classes of Django, REST framework and their companions answer, and which of their views sign people in: data.

Classes are known by the last part of their reference and the package it begins with.
"""

import re

PACKAGES = frozenset({
    "django", "rest_framework", "rest_framework_simplejwt", "rest_framework_extensions", "rest_framework_nested",
    "drf_spectacular", "drf_yasg", "dj_rest_auth", "djoser", "allauth", "knox", "oauth2_provider", "braces",
    "rest_framework_mongoengine", "rest_framework_bulk", "django_filters", "extra_views", "dry_rest_permissions",
})  # fmt: skip
# Actions of viewsets with the method that a router gives them; the last says whether they are about one row.
ACTIONS = {
    "list": ("GET", False),
    "create": ("POST", False),
    "retrieve": ("GET", True),
    "update": ("PUT", True),
    "partial_update": ("PATCH", True),
    "destroy": ("DELETE", True),
}
# What generic views and viewsets do with one row that they get by `get_object()`.
ROW_ACTIONS = frozenset({"retrieve", "update", "partial_update", "destroy", "get", "put", "patch", "delete"})
ROW_VIEWS = frozenset({
    "RetrieveAPIView", "UpdateAPIView", "DestroyAPIView", "RetrieveUpdateAPIView", "RetrieveDestroyAPIView",
    "RetrieveUpdateDestroyAPIView",
})  # fmt: skip
ACTIONS_OF = {
    "ModelViewSet": tuple(ACTIONS),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": ("update", "partial_update"),
    "DestroyModelMixin": ("destroy",),
}
VIEWSETS = frozenset({"ModelViewSet", "ReadOnlyModelViewSet", "GenericViewSet", "ViewSet", "ViewSetMixin"})
METHODS_OF = {
    "CreateAPIView": ("POST",), "ListAPIView": ("GET",), "RetrieveAPIView": ("GET",), "DestroyAPIView": ("DELETE",),
    "UpdateAPIView": ("PUT", "PATCH"), "ListCreateAPIView": ("GET", "POST"),
    "RetrieveUpdateAPIView": ("GET", "PUT", "PATCH"), "RetrieveDestroyAPIView": ("GET", "DELETE"),
    "RetrieveUpdateDestroyAPIView": ("GET", "PUT", "PATCH", "DELETE"),
    "ListView": ("GET",), "DetailView": ("GET",), "TemplateView": ("GET",), "RedirectView": ("GET",),
    "ArchiveIndexView": ("GET",), "YearArchiveView": ("GET",), "MonthArchiveView": ("GET",),
    "DayArchiveView": ("GET",), "CreateView": ("GET", "POST"), "UpdateView": ("GET", "POST"),
    "DeleteView": ("GET", "POST"), "FormView": ("GET", "POST"), "LoginView": ("GET", "POST"),
    "LogoutView": ("POST",), "PasswordChangeView": ("GET", "POST"), "PasswordResetView": ("GET", "POST"),
    "PasswordResetConfirmView": ("GET", "POST"), "PasswordResetDoneView": ("GET",),
    "PasswordResetCompleteView": ("GET",), "PasswordChangeDoneView": ("GET",),
    "TokenViewBase": ("POST",), "TokenObtainPairView": ("POST",), "TokenRefreshView": ("POST",),
    "TokenVerifyView": ("POST",), "TokenBlacklistView": ("POST",), "TokenObtainSlidingView": ("POST",),
    "TokenRefreshSlidingView": ("POST",), "ObtainAuthToken": ("POST",), "obtain_auth_token": ("POST",),
    "SpectacularAPIView": ("GET",), "SpectacularSwaggerView": ("GET",), "SpectacularRedocView": ("GET",),
    "SocialLoginView": ("POST",), "RegisterView": ("POST",), "SocialConnectView": ("POST",),
}  # fmt: skip
# Views whose own permission classes let everybody pass, because they come before a login.
SIGNS_IN = re.compile(
    r"rest_framework_simplejwt\.(?:\w+\.)*Token\w+View\w*|rest_framework_simplejwt\.(?:\w+\.)*token_\w+"
    r"|rest_framework\.authtoken\.(?:\w+\.)*(?:ObtainAuthToken|obtain_auth_token)"
    r"|django\.contrib\.auth\.views\.(?:Login|Logout|PasswordReset\w*)View"
    r"|dj_rest_auth\.(?:\w+\.)*(?:Login|Register|SocialLogin|PasswordReset|PasswordResetConfirm|VerifyEmail|"
    r"ResendEmailVerification)View"
    r"|knox\.views\.LoginView|allauth\.account\.views\.(?:Login|Logout|Signup|PasswordReset\w*|ConfirmEmail|"
    r"AccountInactive|EmailVerificationSent|ConfirmLoginCode)View"
    r"|djoser\.views\.(?:TokenCreateView|UserViewSet\.(?:create|activation|reset_\w+))|oauth2_provider\.views\.(?:Token|RevokeToken)View"
    r"|allauth\.mfa\.base\.views\.AuthenticateView|allauth\.socialaccount\.views\.(?:Login\w+|Signup)View"
    r"|social_django\.views\.(?:auth|complete|idp_launch|app_launch)|mozilla_django_oidc\.views\.OIDCAuthentication\w+View"
)
# What their own attribute says, where it is neither the default nor left to the app.
PERMISSIONS_OF: tuple[tuple[re.Pattern[str], tuple[tuple[str, ...], ...]], ...] = (
    (SIGNS_IN, ()),
    (re.compile(r"drf_spectacular\.views\.\w+"), ()),
    (
        re.compile(
            r"dj_rest_auth\.(?:\w+\.)*(?:UserDetails|PasswordChange|SocialConnect)View|knox\.views\.Logout\w*View"
        ),
        (("rest_framework.permissions.IsAuthenticated",),),
    ),
)
API_VIEW = re.compile(
    r"rest_framework\w*\.(?:\w+\.)*(?:\w*APIView|\w*ViewSet\w*|Token\w+View\w*|ObtainAuthToken)"
    r"|(?:dj_rest_auth|djoser|knox|drf_spectacular)\.(?:\w+\.)*\w+View\w*"
)
# Views that show the same to everybody as they are: texts, pages of errors, a page without data, another address.
FOR_EVERYBODY = {
    "django.views.i18n.JavaScriptCatalog": "a catalogue of texts",
    "django.views.i18n.JSONCatalog": "a catalogue of texts",
    "django.views.i18n.set_language": "the choice of a language",
    "django.views.defaults.bad_request": "a page of errors",
    "django.views.defaults.permission_denied": "a page of errors",
    "django.views.defaults.page_not_found": "a page of errors",
    "django.views.defaults.server_error": "a page of errors",
    **dict.fromkeys(
        (
            "drf_spectacular.views.SpectacularAPIView",
            "drf_spectacular.views.SpectacularJSONAPIView",
            "drf_spectacular.views.SpectacularYAMLAPIView",
            "drf_spectacular.views.SpectacularRedocView",
            "drf_spectacular.views.SpectacularSwaggerView",
            "drf_spectacular.views.SpectacularSwaggerSplitView",
            "drf_yasg.views.get_schema_view",
            "rest_framework.schemas.get_schema_view",
            "rest_framework.documentation.include_docs_urls",
        ),
        "documents of the API",
    ),
    "django.views.generic.TemplateView": "a page without data",
    "django.views.generic.base.TemplateView": "a page without data",
    "django.views.generic.RedirectView": "it leads to another address",
    "django.views.generic.base.RedirectView": "it leads to another address",
}
BY_ITSELF = frozenset({"django.contrib.admin.site.urls"})


def tail(reference: str) -> str:
    """The last part of a reference."""
    return reference.rpartition(".")[2]
