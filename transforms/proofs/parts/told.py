"""What a rendered proof is told. The values here only let the other parts be checked as Python."""

APP = "shop.main:app"
CONTROLS = "controls"
ROOT_PARENTS = 1
AUTH = "auth"
SIGN_IN = "/sign-in"
CALLBACK = "/sign-in/callback"
LOGIN = "/login"
MODULE = "sign_in"
