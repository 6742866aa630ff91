"""The words by which routes that are meant to be open are known: data for `public`.

Segments are compared in lower case and without `-` and `_`.
"""

import re

HEALTH = frozenset({
    "health", "healthz", "healthcheck", "healthcheckz", "ready", "readyz", "readiness", "live", "livez", "liveness",
    "alive", "ping", "pong", "heartbeat", "up", "startup", "startupz", "version",
})  # fmt: skip
CHECKED = frozenset({"health", "liveness", "readiness"})  # of the app: what patients have told is about health as well
CHECKS = frozenset({
    "check", "checks", "probe", "status", "api", "app", "backend", "server", "service", "services", "system", "db",
    "database", "redis", "cache", "live", "ready", "simple", "quick", "basic", "full", "deep", "detailed",
})  # fmt: skip
DOCUMENTS = frozenset({
    "redoc", "apidocs", "openapi.json", "openapi.yaml", "swagger", "swagger.json", "swaggerui", "favicon.ico",
    "robots.txt", "sitemap.xml", "manifest.json", "manifest.webmanifest", "site.webmanifest", "sw.js",
    "serviceworker.js", "security.txt", "humans.txt", "csrf", "csrftoken", "jwks.json", "jwks", "termsofservice",
    "privacypolicy", "imprint",
})  # fmt: skip
# The same, where they are no rows of a database: a school has terms, people upload docs.
TEXTS = frozenset({"docs", "schema", "terms", "privacy"})
ROWS = re.compile(r"\.objects(?:\.|$)|\.(?:find_one|scalars|execute|to_list|get_queryset)(?:\(\))?$")
STATIC_FILE = re.compile(r"[\w-]+\.(?:ico|svg|png|jpe?g|gif|webp|css|js|map|txt|xml|webmanifest|html|woff2?)")
STATIC = frozenset({"static", "assets", "public", "published", "media"})
# Signing in and out: these words say it alone, as the last segment or as one word of it.
SIGN_IN = frozenset({
    "login", "logon", "signin", "logout", "logoff", "signout", "signup", "forgotpassword", "passwordreset",
    "forgotpass", "forgotpwd", "resetpass", "resetpwd",
    "resetpassword", "recoverpassword", "passwordrecovery", "requestpasswordreset", "passwordforgot", "verifyemail",
    "emailverification", "confirmemail", "resendverification", "magiclink", "sso",
})  # fmt: skip
# These say it only below a segment of ACCOUNTS, or with a handler whose name is about an account.
SIGN_IN_HERE = frozenset({
    "register", "registration", "token", "refresh", "refreshtoken", "tokenrefresh", "tokens", "verify", "validate",
    "callback", "authorize", "activate", "confirm", "forgot", "reset", "challenge", "resend", "sendotp", "verifyotp",
    "otp", "google", "github", "facebook", "microsoft", "apple", "discord", "slack", "gitlab", "twitter", "linkedin",
    "authenticate", "config", "providers", "accesstoken", "guest", "anonymous", "exchange", "revoke", "introspect",
})  # fmt: skip
ACCOUNTS = frozenset({
    "auth", "authentication", "oauth", "oauth2", "oidc", "sso", "login", "signin", "signup", "account", "accounts",
    "session", "sessions", "jwt", "totp", "otp", "mfa", "2fa", "identity", "password", "email", "token", "user",
    "users",
})  # fmt: skip
ACCOUNT_WORDS = frozenset({
    "register", "registration", "sign", "up", "in", "out", "signup", "signin", "login", "logout", "user", "users",
    "account", "create", "new", "token", "tokens", "access", "refresh", "for", "with", "and", "auth", "authenticate",
    "oauth", "callback", "google", "github", "email", "password", "verify", "reset", "forgot", "request", "confirm",
    "get", "post", "api", "route", "endpoint", "handler", "view", "me", "member", "company", "tenant", "organization",
    "otp", "totp", "code", "jwt", "by", "the", "to", "a", "an", "public", "customer", "patient", "client",
})  # fmt: skip
SIGN_UP = frozenset({"signup", "register", "registration"})
# How people are asked for that sign up, and how somebody asks whether that is free.
NAMES_OF_ACCOUNTS = frozenset({"username", "email", "subdomain", "domain", "availability", "nickname"})
ASKS_WHAT_IS_FREE = frozenset({"check", "validate", "available", "availability", "exists", "taken", "unique"})
# Who may have an account, by what they are.
PEOPLE = frozenset({
    "doctor", "student", "teacher", "employee", "staff", "vendor", "seller", "buyer", "donor", "volunteer", "driver",
    "owner", "agent", "parent", "guest", "candidate", "employer",
})  # fmt: skip
OTP_STEPS = frozenset({"otp", "code", "enter", "send", "resend", "submit", "verify", "check", "confirm", "request"})
TOKENS_IN_PATHS = re.compile(r"\{(?:\w*token|\w*hash|\w*code|provider|uid\w*|key|service|email)(?::\w+)?\}")
# What a link to somebody ends with, and what such links are for.
SECRETS_OF_LINKS = re.compile(r"\{\w*(?:token|hash)(?::\w+)?\}")
LINKS = frozenset({
    "invite", "invites", "invitation", "invitations", "inv", "join", "unsubscribe", "share", "shared", "verify",
    "confirm", "activate", "accept",
})  # fmt: skip
# What clients ask of an OAuth server, and where one says that it is one (RFC 8414, OpenID Connect Discovery).
OF_AUTHORIZATION_SERVERS = frozenset({"authorize", "token", "register", "revoke", "introspect", "jwks"})
SAYS_IT_AUTHORIZES = re.compile(r"/\.well-known/(?:oauth-authorization-server|openid-configuration)")
# What may stand behind a word of SIGN_IN.
STEPS = frozenset({
    "request", "confirm", "verify", "validate", "complete", "start", "callback", "resend", "check", "me",
    "accesstoken", "json", "form", "email", "user", "admin", "authorize", "url", "status",
})  # fmt: skip
# What a visitor chooses for their own session.
CHOICES = frozenset({"language", "lang", "locale", "setlang", "theme", "currency"})
CHOOSING = CHOICES | {"set", "change", "switch", "choose", "select", "i18n", "toggle", "mode"}
# Handlers and routes at the root of a site.
START = frozenset({
    "root", "index", "home", "homepage", "main", "welcome", "landing", "hello", "start", "frontend", "spa", "ui", "app",
    "page", "info", "status", "health",
})  # fmt: skip
# What sites show to everybody, and what only names the choices of a form.
CONTENT = frozenset({
    "about", "aboutus", "faq", "faqs", "blog", "blogs", "news", "articles", "pricing", "banners", "testimonials",
    "constants", "enums", "countries", "currencies", "timezones", "languages", "locales", "metadata", "contact",
    "contactus", "contactinfo", "announcements", "featured",
})  # fmt: skip
ADMIN = frozenset({
    "admin", "admins", "administrator", "administration", "superuser", "superadmin", "backoffice",
})  # fmt: skip
# The same, as a word of the path only.
ADMIN_PATHS = ADMIN | {"internal", "debug", "seed", "init", "bootstrap", "migrate", "setup"}
# Beside one of these, something else begins than the app: `/2fa/setup`, `/google_auth/init`.
BEGINS = frozenset({"init", "bootstrap", "setup"})
SIGN_IN_STEPS = frozenset({
    "auth", "oauth", "oauth2", "oidc", "sso", "login", "signin", "signup", "totp", "otp", "mfa", "2fa", "jwt",
    "webauthn", "passkey", "passkeys",
})  # fmt: skip
VISITOR_FORMS = frozenset(
    {"contact", "contactus", "newsletter", "subscribe", "unsubscribe", "waitlist", "enquiry", "inquiry"}
)
SITE_FORMS = frozenset({
    "contact", "contacts", "booking", "bookings", "book", "reservation", "reservations", "appointment", "appointments",
    "feedback", "inquiries", "enquiries", "quote", "quotes", "rsvp", "lead", "leads", "messages", "message", "reviews",
    "testimonials", "chat", "ask", "checkout", "cart", "search", "track",
}) | VISITOR_FORMS  # fmt: skip
# What a visitor of a site is not meant to list.
PERSONAL = frozenset({
    "all", "users", "user", "customers", "customer", "clients", "patients", "members", "bookings", "contacts",
    "orders", "messages", "payments", "invoices", "leads", "subscribers", "submissions", "stats", "statistics",
    "analytics", "dashboard", "export", "logs", "reports", "appointments", "reservations", "employees",
    "transactions", "accounts", "conversations", "chats", "documents", "files", "sessions", "audit", "inquiries",
    "enquiries", "quotes", "profile",
})  # fmt: skip
# What only the people who run a site look at.
OPERATIONS = frozenset({"status", "config", "configuration", "sync", "authorize", "connect", "integrations", "jobs"})
PAGE_CALLS = re.compile(
    r"(?:django\.shortcuts\.render$|FileResponse|HTMLResponse|RedirectResponse|TemplateResponse|Jinja2Templates|_TemplateResponse)"
    r"|^flask\.(?:\w+\.)*(?:render_template|redirect|url_for|send_from_directory|send_file|send_static_file)$"
    r"|\.send_static_file$"
)
# What may be called for a page without data: where its file lies, and who is calling, of which a stranger sees nothing.
BESIDE_A_PAGE = (
    "os.",
    "pathlib.",
    "fastapi.HTTPException",
    "flask.session.",
    "flask.flash",
    "django.contrib.messages.",
)
# What a step on the way calls: it shows a page, tells something, and leads on.
STEP_CALLS = re.compile(
    r"django\.(?:shortcuts\.(?:render|redirect)|contrib\.messages\.|urls\.|utils\.translation\.|http\.HttpResponse)"
)
