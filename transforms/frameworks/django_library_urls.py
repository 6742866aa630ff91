"""Lists of URLs that apps include from libraries: what they lead to, and what is asked before it. Data.

As the libraries' documentation has them. A list that is not here cannot be read.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """One entry of a library's list."""

    path: str
    view: str
    methods: tuple[str, ...]
    asked: str = ""  # what stands before it: "" where everybody may come, as before a login


_LOGIN = "rest_framework.permissions.IsAuthenticated"
_SESSION = "django.contrib.auth.decorators.login_required"
_STAFF = "django.contrib.admin.views.decorators.staff_member_required"
_OWNER = "djoser.permissions.CurrentUserOrAdmin"
_BOTH, _GET, _POST = ("GET", "POST"), ("GET",), ("POST",)
_AUTH, _DJOSER, _REST, _ALL = (
    "django.contrib.auth.views", "djoser.views", "dj_rest_auth.views", "allauth.account.views",
)  # fmt: skip

_RESETS = (
    Row("password_reset/", f"{_AUTH}.PasswordResetView", _BOTH),
    Row("password_reset/done/", f"{_AUTH}.PasswordResetDoneView", _GET),
    Row("reset/{uidb64}/{token}/", f"{_AUTH}.PasswordResetConfirmView", _BOTH),
    Row("reset/done/", f"{_AUTH}.PasswordResetCompleteView", _GET),
)
_SIGN_IN_OUT = (Row("login/", f"{_AUTH}.LoginView", _BOTH), Row("logout/", f"{_AUTH}.LogoutView", _POST))
_ACCOUNT = (
    Row("login/", f"{_ALL}.LoginView", _BOTH),
    Row("logout/", f"{_ALL}.LogoutView", _BOTH, _SESSION),
    Row("signup/", f"{_ALL}.SignupView", _BOTH),
    Row("password/change/", f"{_ALL}.PasswordChangeView", _BOTH, _SESSION),
    Row("password/set/", f"{_ALL}.PasswordSetView", _BOTH, _SESSION),
    Row("email/", f"{_ALL}.EmailView", _BOTH, _SESSION),
    Row("confirm-email/{key}/", f"{_ALL}.ConfirmEmailView", _BOTH),
    Row("password/reset/", f"{_ALL}.PasswordResetView", _BOTH),
)

LISTS: dict[str, tuple[Row, ...]] = {
    "django.contrib.auth.urls": (
        *_SIGN_IN_OUT,
        Row("password_change/", f"{_AUTH}.PasswordChangeView", _BOTH, _SESSION),
        Row("password_change/done/", f"{_AUTH}.PasswordChangeDoneView", _GET, _SESSION),
        *_RESETS,
    ),
    "django.contrib.admindocs.urls": (Row("", "django.contrib.admindocs.views.BaseAdminDocsView", _GET, _STAFF),),
    "rest_framework.urls": _SIGN_IN_OUT,
    "allauth.urls": _ACCOUNT,
    "allauth.account.urls": _ACCOUNT,
    "djoser.urls": (
        Row("users/", f"{_DJOSER}.UserViewSet.list", _GET, _OWNER),
        Row("users/", f"{_DJOSER}.UserViewSet.create", _POST),
        Row("users/{id}/", f"{_DJOSER}.UserViewSet.retrieve", _GET, _OWNER),
        Row("users/{id}/", f"{_DJOSER}.UserViewSet.update", ("PUT",), _OWNER),
        Row("users/{id}/", f"{_DJOSER}.UserViewSet.partial_update", ("PATCH",), _OWNER),
        Row("users/{id}/", f"{_DJOSER}.UserViewSet.destroy", ("DELETE",), _OWNER),
        Row("users/me/", f"{_DJOSER}.UserViewSet.me", ("GET", "PUT", "PATCH", "DELETE"), _OWNER),
        Row("users/activation/", f"{_DJOSER}.UserViewSet.activation", _POST),
        Row("users/set_password/", f"{_DJOSER}.UserViewSet.set_password", _POST, _LOGIN),
        Row("users/reset_password/", f"{_DJOSER}.UserViewSet.reset_password", _POST),
        Row("users/reset_password_confirm/", f"{_DJOSER}.UserViewSet.reset_password_confirm", _POST),
    ),
    "djoser.urls.jwt": (
        Row("jwt/create/", "rest_framework_simplejwt.views.TokenObtainPairView", _POST),
        Row("jwt/refresh/", "rest_framework_simplejwt.views.TokenRefreshView", _POST),
        Row("jwt/verify/", "rest_framework_simplejwt.views.TokenVerifyView", _POST),
    ),
    "djoser.urls.authtoken": (
        Row("token/login/", f"{_DJOSER}.TokenCreateView", _POST),
        Row("token/logout/", f"{_DJOSER}.TokenDestroyView", _POST, _LOGIN),
    ),
    "dj_rest_auth.urls": (
        Row("password/reset/", f"{_REST}.PasswordResetView", _POST),
        Row("password/reset/confirm/", f"{_REST}.PasswordResetConfirmView", _POST),
        Row("login/", f"{_REST}.LoginView", _POST),
        Row("logout/", f"{_REST}.LogoutView", _POST),
        Row("user/", f"{_REST}.UserDetailsView", ("GET", "PUT", "PATCH"), _LOGIN),
        Row("password/change/", f"{_REST}.PasswordChangeView", _POST, _LOGIN),
    ),
    "dj_rest_auth.registration.urls": (
        Row("", "dj_rest_auth.registration.views.RegisterView", _POST),
        Row("verify-email/", "dj_rest_auth.registration.views.VerifyEmailView", _POST),
        Row("resend-email/", "dj_rest_auth.registration.views.ResendEmailVerificationView", _POST),
    ),
    "knox.urls": (
        Row("login/", "knox.views.LoginView", _POST),
        Row("logout/", "knox.views.LogoutView", _POST, _LOGIN),
        Row("logoutall/", "knox.views.LogoutAllView", _POST, _LOGIN),
    ),
}
