"""Google: API keys (Gemini, Maps and the rest share one shape; newer ones for Gemini begin with `AQ.`), OAuth secrets.

Keys: https://cloud.google.com/docs/authentication/api-keys, https://ai.google.dev/gemini-api/docs/api-key
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

_ROTATE = "https://console.cloud.google.com/apis/credentials"

KINDS = (
    SecretKind(
        id="google-api-key",
        title="Google API key",
        pattern=r"(?:AIza[0-9A-Za-z_-]{35}|AQ\.Ab8RN6[0-9A-Za-z_-]{44})(?![0-9A-Za-z_-])",
        names=("google", "gemini", "gcp", "genai", "youtube", "firebase", "palm"),
        marks=("AIza", "AQ.Ab8RN6"),
        secret_name="GOOGLE_API_KEY",
        rotate_url=_ROTATE,
        revoke="Delete the key, and restrict the new one to the APIs and callers it is for.",
        generate=shaped("AI", "za", (BASE64URL, 34), "q"),
        calls=(
            Call("google.generativeai.configure", "api_key"),
            Call("google.genai.Client", "api_key"),
            Call("langchain_google_genai.ChatGoogleGenerativeAI", "google_api_key"),
            Call("googlemaps.Client", "key", 0),
            Call("langchain_google_genai.ChatGoogleGenerativeAI", "api_key"),
            Call("langchain_google_genai.GoogleGenerativeAIEmbeddings", "google_api_key"),
            Call("langchain_google_genai.GoogleGenerativeAIEmbeddings", "api_key"),
        ),
    ),
    SecretKind(
        id="google-oauth-secret",
        title="Google OAuth client secret",
        pattern=r"GOCSPX-[0-9A-Za-z_-]{28}(?![0-9A-Za-z_-])",
        names=("google client", "google oauth"),
        marks=("GOCSPX-",),
        secret_name="GOOGLE_CLIENT_SECRET",
        rotate_url=_ROTATE,
        revoke="Add a new client secret and disable the old one.",
        generate=shaped("GOC", "SPX-", (BASE64URL, 28)),
    ),
)
