"""Spotify: client secrets are 32 hexadecimal digits; name and call tell.

Keys: https://developer.spotify.com/documentation/web-api/concepts/apps
"""

from transforms.secrets.kinds import HEX, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="spotify-secret",
        title="Spotify client secret",
        pattern=None,
        names=("spotify", "spotipy"),
        secret_name="SPOTIFY_CLIENT_SECRET",
        rotate_url="https://developer.spotify.com/dashboard",
        revoke="Rotate the client secret.",
        generate=shaped((HEX, 32)),
        calls=(
            Call("spotipy.oauth2.SpotifyClientCredentials", "client_secret"),
            Call("spotipy.oauth2.SpotifyOAuth", "client_secret"),
            Call("spotipy.SpotifyOAuth", "client_secret"),
        ),
    ),
)
