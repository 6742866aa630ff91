"""Conditions of Streamlit that only somebody signed in meets, and sign-ins of libraries for it."""

AUTHENTICATES = (
    r"streamlit\.(?:experimental_)?user\.is_logged_in",
    r"streamlit\.session_state\[\w+\]",
    r"streamlit\.text_input\[password\]",
)
# Sign-ins that answer whether they worked: what follows is for the script to decide.
OPTIONAL = (
    r"streamlit_authenticator\.(?:\w+\.)*Authenticate\(\)\.login(?:\(\))?",
    r"streamlit_(?:google_auth|oauth|auth0|keycloak|cognito_auth|supabase_auth_ui|login_auth_ui|msal)\.(?:\w+\.?)+(?:\(\))?(?:\.\w+)*(?:\(\))?",
    r"(?:st_login_form|st_paywall|auth0_component|msal_streamlit_authentication|streamlit_passwordless)\.\w+(?:\(\))?",
)
ROLES = (r"streamlit\.session_state\[\w*(?:role|admin)\w*\]",)
HARMLESS = ("streamlit", "pandas", "numpy", "plotly", "altair", "matplotlib", "dotenv", "streamlit_option_menu")
