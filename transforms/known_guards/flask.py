"""Guards that apps on Flask take from libraries. Sources: the libraries' documentation."""

AUTHENTICATES = (
    r"flask_login\.(?:utils\.)?(?:fresh_)?login_required(?:\(\))?",
    r"flask_login\.(?:\w+\.)*LoginManager\(\)\.(?:unauthorized|needs_refresh)",
    r"flask_jwt_extended\.(?:\w+\.)*(?:fresh_)?jwt_(?:refresh_token_)?required(?:\(\))?",
    r"flask_jwt_extended\.(?:\w+\.)*verify_jwt(?:_refresh_token)?_in_request(?:\(\))?",
    r"flask_jwt\.(?:\w+\.)*jwt_required(?:\(\))?",
    r"flask_httpauth\.\w+\(\)\.login_required(?:\(\))?",
    r"flask_security\.(?:\w+\.)*(?:auth_required|login_required|http_auth_required|auth_token_required|"
    r"roles_(?:required|accepted)|permissions_(?:required|accepted)|unauth_csrf)(?:\(\))?",
    r"flask_user\.(?:\w+\.)*(?:login_required|roles_required|roles_accepted)(?:\(\))?",
    r"flask_oidc\.(?:\w+\.)*OpenIDConnect\(\)\.(?:require_login|accept_token|require_keycloak_role)(?:\(\))?",
    r"flask_pyoidc\.(?:\w+\.)*OIDCAuthentication\(\)\.(?:oidc_auth|token_auth|access_control)(?:\(\))?",
    r"authlib\.integrations\.flask_oauth2\.(?:\w+\.)*ResourceProtector\(\)(?:\(\))?",
    r"flask_appbuilder\.security\.decorators\.(?:has_access|has_access_api|protect)(?:\(\))?",
    r"flask_praetorian\.(?:\w+\.)*(?:auth_required|roles_required|roles_accepted)(?:\(\))?",
    r"flask_basicauth\.BasicAuth\(\)\.required",
    r"flask_principal\.Permission\(\)\.require(?:\(\))?",
    r"flask_allows\.(?:\w+\.)*requires(?:\(\))?",
    r"(?:flask_)?auth0\w*\..*requires_auth(?:\(\))?",
)  # fmt: skip
ROLES = (
    r"flask_security\.(?:\w+\.)*(?:roles|permissions)_(?:required|accepted)(?:\(\))?",
    r"flask_user\.(?:\w+\.)*roles_(?:required|accepted)(?:\(\))?",
    r"flask_praetorian\.(?:\w+\.)*roles_(?:required|accepted)(?:\(\))?",
    r"flask_principal\.Permission\(\)\.require(?:\(\))?",
)
# The same by what they are called with.
ROLES_BY_CALL = (r"flask_httpauth\.\w+\(\)\.login_required .*\brole\s*=.*",)
# Who is calling, under any name that an app gives it; a session is signed, so that nobody chooses what it holds.
TELLS = (
    r"flask\.(?:globals\.)?session(?:\.get\(\))?",
    r"flask\.(?:globals\.)?session\.\w*(?:user|account|member|customer|owner|email|uid|tenant|admin|role|id)\w*",
    r"flask\.(?:globals\.)?g\.\w*(?:user|account|member|tenant|principal|claims|identity)\w*",
    r"flask_login\.(?:utils\.)?current_user", r"flask_security\.(?:\w+\.)*current_user",
    r"flask_jwt_extended\.(?:\w+\.)*(?:current_user|get_current_user\(\)|get_jwt_identity\(\)|get_jwt\(\)|get_raw_jwt\(\))",
    r"flask_httpauth\.\w+\(\)\.current_user\(\)", r"flask_praetorian\.(?:\w+\.)*current_user(?:_id)?\(\)",
)  # fmt: skip
# Not there to protect a caller's data from strangers.
HARMLESS = (
    "flask", "werkzeug", "flask_cors", "flask_limiter", "flask_caching", "flask_wtf", "flask_restx", "flask_restful",
    "flask_smorest", "flask_sqlalchemy", "flask_migrate", "flask_compress", "flask_talisman", "flasgger", "apifairy",
    "flask_parameter_validation", "flask_pydantic", "marshmallow", "webargs", "flask_sock", "click", "flask_babel",
)  # fmt: skip
