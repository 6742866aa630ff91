"""OpenWeather: API keys are 32 hexadecimal digits; name, call and query tell.

Keys: https://openweathermap.org/appid
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="openweather-key",
        title="OpenWeather API key",
        pattern=None,
        names=("openweather", "openweathermap", "owm", "weather api"),
        secret_name="OPENWEATHER_API_KEY",
        rotate_url="https://home.openweathermap.org/api_keys",
        revoke="Delete the key.",
        generate=shaped((HEX, 32)),
        calls=(Call("pyowm.OWM", "api_key", 0), Call("pyowm.owm.OWM", "api_key", 0)),
    ),
)
