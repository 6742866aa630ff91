"""Lists of URLs that apps include from libraries: what they lead to, and what is asked before it. Data.

As the libraries' documentation and their `urls.py` have them. A list that is not here cannot be read.
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
# github.com/django-commons/django-debug-toolbar, decorators.py: 404 unless DEBUG is on and the address is internal.
_TOOLBAR = "debug_toolbar.decorators.require_show_toolbar"
# github.com/jazzband/django-silk, silk/auth.py: a login only where SILKY_AUTHENTICATION says so.
SILK = "silk.auth.login_possibly_required"
_BEARER = "oauth2_provider.views.generic.ProtectedResourceView"
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
# github.com/pennersr/django-allauth, urls and views of account, socialaccount, mfa and usersessions (65.22). Steps on
# the way in ask for a stage of a login, which is no account yet. What hangs on a setting is here where it is usual.
_ACCOUNT = (
    Row("login/", f"{_ALL}.LoginView", _BOTH),
    Row("logout/", f"{_ALL}.LogoutView", _BOTH),  # who is not signed in is led on
    Row("inactive/", f"{_ALL}.AccountInactiveView", _GET),
    Row("signup/", f"{_ALL}.SignupView", _BOTH),
    Row("reauthenticate/", f"{_ALL}.ReauthenticateView", _BOTH, _SESSION),
    Row("reauthenticate/code/", f"{_ALL}.RequestReauthenticationCodeView", _BOTH, _SESSION),
    Row("reauthenticate/code/confirm/", f"{_ALL}.ConfirmReauthenticationCodeView", _BOTH, _SESSION),
    Row("email/", f"{_ALL}.EmailView", _BOTH, _SESSION),
    Row("confirm-email/", f"{_ALL}.EmailVerificationSentView", _GET),
    Row("confirm-email/{key}/", f"{_ALL}.ConfirmEmailView", _BOTH),
    Row("password/change/", f"{_ALL}.PasswordChangeView", _BOTH, _SESSION),
    Row("password/set/", f"{_ALL}.PasswordSetView", _BOTH, _SESSION),
    Row("password/reset/", f"{_ALL}.PasswordResetView", _BOTH),
    Row("password/reset/done/", f"{_ALL}.PasswordResetDoneView", _GET),
    Row("password/reset/key/{uidb36}-{key}/", f"{_ALL}.PasswordResetFromKeyView", _BOTH),
    Row("password/reset/key/done/", f"{_ALL}.PasswordResetFromKeyDoneView", _GET),
    Row("login/code/confirm/", f"{_ALL}.ConfirmLoginCodeView", _BOTH),
)
_SOCIAL = (
    Row("login/cancelled/", "allauth.socialaccount.views.LoginCancelledView", _GET),
    Row("login/error/", "allauth.socialaccount.views.LoginErrorView", _GET),
    Row("signup/", "allauth.socialaccount.views.SignupView", _BOTH),
    Row("", "allauth.socialaccount.views.ConnectionsView", _BOTH, _SESSION),  # `connections/` before 65
)
_MFA_VIEWS = "allauth.mfa"
_KEY = "webauthn/keys/{pk}/"
_MFA = (
    Row("", f"{_MFA_VIEWS}.base.views.IndexView", _GET, _SESSION),
    Row("authenticate/", f"{_MFA_VIEWS}.base.views.AuthenticateView", _BOTH),
    Row("reauthenticate/", f"{_MFA_VIEWS}.base.views.ReauthenticateView", _BOTH, _SESSION),
    Row("totp/activate/", f"{_MFA_VIEWS}.totp.views.ActivateTOTPView", _BOTH, _SESSION),
    Row("totp/deactivate/", f"{_MFA_VIEWS}.totp.views.DeactivateTOTPView", _BOTH, _SESSION),
    Row("recovery-codes/", f"{_MFA_VIEWS}.recovery_codes.views.ViewRecoveryCodesView", _GET, _SESSION),
    Row("recovery-codes/generate/", f"{_MFA_VIEWS}.recovery_codes.views.GenerateRecoveryCodesView", _BOTH, _SESSION),
    Row("recovery-codes/download/", f"{_MFA_VIEWS}.recovery_codes.views.DownloadRecoveryCodesView", _GET, _SESSION),
    Row("webauthn/", f"{_MFA_VIEWS}.webauthn.views.ListWebAuthnView", _GET, _SESSION),
    Row("webauthn/add/", f"{_MFA_VIEWS}.webauthn.views.AddWebAuthnView", _BOTH, _SESSION),
    Row("webauthn/reauthenticate/", f"{_MFA_VIEWS}.webauthn.views.ReauthenticateWebAuthnView", _BOTH, _SESSION),
    Row(f"{_KEY}remove/", f"{_MFA_VIEWS}.webauthn.views.RemoveWebAuthnView", _BOTH, _SESSION),
    Row(f"{_KEY}edit/", f"{_MFA_VIEWS}.webauthn.views.EditWebAuthnView", _BOTH, _SESSION),
)
# github.com/django-oauth/django-oauth-toolkit, oauth2_provider/urls.py and views/: applications and tokens are shown to
# who is signed in, the clients of the token endpoints prove themselves.
_OAUTH = "oauth2_provider.views"
_PROVIDER = (
    Row("authorize/", f"{_OAUTH}.AuthorizationView", _BOTH, _SESSION),
    Row("token/", f"{_OAUTH}.TokenView", _POST),
    Row("revoke_token/", f"{_OAUTH}.RevokeTokenView", _POST),
    Row("introspect/", f"{_OAUTH}.IntrospectTokenView", _BOTH, _BEARER),
    Row("applications/", f"{_OAUTH}.ApplicationList", _GET, _SESSION),
    Row("applications/register/", f"{_OAUTH}.ApplicationRegistration", _BOTH, _SESSION),
    Row("applications/{pk}/", f"{_OAUTH}.ApplicationDetail", _GET, _SESSION),
    Row("applications/{pk}/delete/", f"{_OAUTH}.ApplicationDelete", _BOTH, _SESSION),
    Row("applications/{pk}/update/", f"{_OAUTH}.ApplicationUpdate", _BOTH, _SESSION),
    Row("authorized_tokens/", f"{_OAUTH}.AuthorizedTokensListView", _GET, _SESSION),
    Row("authorized_tokens/{pk}/delete/", f"{_OAUTH}.AuthorizedTokenDeleteView", _BOTH, _SESSION),
    Row(".well-known/openid-configuration", f"{_OAUTH}.ConnectDiscoveryInfoView", _GET),
    Row(".well-known/jwks.json", f"{_OAUTH}.JwksInfoView", _GET),
    Row("userinfo/", f"{_OAUTH}.UserInfoView", _BOTH, _BEARER),
    Row("logout/", f"{_OAUTH}.RPInitiatedLogoutView", _BOTH),
)

LISTS: dict[str, tuple[Row, ...]] = {
    "django.contrib.auth.urls": (
        *_SIGN_IN_OUT,
        Row("password_change/", f"{_AUTH}.PasswordChangeView", _BOTH, _SESSION),
        Row("password_change/done/", f"{_AUTH}.PasswordChangeDoneView", _GET, _SESSION),
        *_RESETS,
    ),
    "django.contrib.admindocs.urls": (Row("", "django.contrib.admindocs.views.BaseAdminDocsView", _GET, _STAFF),),
    "django.conf.urls.i18n": (Row("setlang/", "django.views.i18n.set_language", _POST),),
    "rest_framework.urls": _SIGN_IN_OUT,
    "debug_toolbar.urls": (Row("render_panel/", "debug_toolbar.views.render_panel", _GET, _TOOLBAR),),
    "silk.urls": (
        Row("", "silk.views.summary.SummaryView", _BOTH, SILK),
        Row("requests/", "silk.views.requests.RequestsView", _BOTH, SILK),
        Row("request/{request_id}/", "silk.views.request_detail.RequestView", _GET, SILK),
        Row("request/{request_id}/raw/", "silk.views.raw.Raw", _GET, SILK),
    ),
    "oauth2_provider.urls": _PROVIDER,
    # `social/` before allauth 65, `3rdparty/` since; `2fa/`, `sessions/` and providers only where they are installed
    "allauth.urls": (*_ACCOUNT, *(row._replace(path=f"3rdparty/{row.path}") for row in _SOCIAL)),
    "allauth.account.urls": _ACCOUNT,
    "allauth.socialaccount.urls": _SOCIAL,
    "allauth.mfa.urls": _MFA,
    "allauth.usersessions.urls": (Row("", "allauth.usersessions.views.ListUserSessionsView", _BOTH, _SESSION),),
    # github.com/python-social-auth/social-app-django, social_django/urls.py and views.py (8.0; before, a login by GET)
    "social_django.urls": (
        Row("login/{backend}/", "social_django.views.auth", _BOTH),
        Row("complete/{backend}/", "social_django.views.complete", _BOTH),
        Row("idp-launch/{backend}/", "social_django.views.idp_launch", _GET),
        Row("app-launch/{backend}/", "social_django.views.app_launch", _GET),
        Row("disconnect/{backend}/", "social_django.views.disconnect", _POST, _SESSION),
        Row("disconnect/{backend}/{association_id}/", "social_django.views.disconnect", _POST, _SESSION),
    ),
    # github.com/mozilla/mozilla-django-oidc, mozilla_django_oidc/urls.py and views.py (5.0)
    "mozilla_django_oidc.urls": (
        Row("authenticate/", "mozilla_django_oidc.views.OIDCAuthenticationRequestView", _GET),
        Row("callback/", "mozilla_django_oidc.views.OIDCAuthenticationCallbackView", _GET),
        Row("logout/", "mozilla_django_oidc.views.OIDCLogoutView", _POST),
    ),
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
