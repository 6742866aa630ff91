"""The words by which routes for administrators are known: data for `administration`.

They are matched on whole words of a segment or a handler's name, in lower case.
"""

PEOPLE = frozenset({"user", "users", "useraccount", "useraccounts"})
ROLES = frozenset({"role", "roles", "permission", "permissions", "privilege", "privileges"})
# What is done to accounts; with PEOPLE or ROLES alone in a segment or a handler's name.
VERBS = frozenset({
    "list", "get", "read", "fetch", "show", "view", "search", "find", "all", "count", "export", "download", "create",
    "add", "new", "insert", "make", "invite", "update", "edit", "change", "modify", "set", "save", "manage", "delete",
    "remove", "destroy", "ban", "unban", "block", "unblock", "suspend", "activate", "deactivate", "enable", "disable",
    "approve", "reject", "promote", "demote", "assign", "revoke", "grant", "toggle", "reset", "impersonate", "import",
    "bulk", "configure", "clear",
})  # fmt: skip
MAKING = frozenset({"create", "add", "new", "insert", "make", "invite", "import", "bulk", "register"})
FILLERS = frozenset({
    "by", "id", "the", "a", "an", "to", "of", "for", "from", "with", "in", "info", "information", "details", "detail",
    "data", "page", "api", "endpoint", "route", "view", "crm", "db", "database", "csv", "excel", "json", "registered",
    "active", "pending", "every", "status", "system", "management",
})  # fmt: skip
# Behind `/users/{id}/`: what is done to that account by somebody else.
ACCOUNT_STEPS = frozenset({
    "role", "roles", "permission", "permissions", "activate", "deactivate", "enable", "disable", "ban", "unban",
    "block", "unblock", "suspend", "unsuspend", "approve", "reject", "promote", "demote", "status", "toggle", "unlock",
    "lock", "impersonate", "verify", "delete", "remove", "reset", "password", "admin", "staff", "edit", "update",
})  # fmt: skip
# The caller's own account.
OWN = frozenset({"me", "my", "mine", "own", "self", "myself", "current", "profile", "profiles", "whoami"})
SIGNING = frozenset({
    "login", "logout", "signin", "signout", "signup", "register", "registration", "token", "refresh", "forgot",
    "callback", "oauth", "otp", "totp", "mfa", "session", "sessions",
})  # fmt: skip
SETTINGS = frozenset({
    "setting", "settings", "config", "configuration", "configure", "featureflags", "flags", "maintenance",
    "preferences",
})  # fmt: skip
LOGS = frozenset({
    "logs", "auditlogs", "auditlog", "audit", "audits", "audittrail", "accesslogs", "systemlogs", "activitylogs",
    "errorlogs", "requestlogs", "metrics",
})  # fmt: skip
OPERATIONS = frozenset({
    "ingest", "reindex", "seed", "seeddata", "seeddb", "backup", "backups", "restore", "cleardatabase", "cleardb",
    "resetdatabase", "resetdb", "dropall", "truncate", "migrate", "shutdown", "restart", "clearcache", "flushcache",
    "purge", "wipe", "initdb", "rebuildindex", "dropdatabase", "clearalldata", "deleteall",
})  # fmt: skip
# What makes the first administrator: whoever may call it has nobody to ask for a role.
FIRST = frozenset({"init", "initial", "initialize", "setup", "bootstrap", "install", "first"})
