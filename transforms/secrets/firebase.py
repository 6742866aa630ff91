"""Firebase: server keys of its older messaging service; keys for the web are public by design.

Keys: https://firebase.google.com/docs/cloud-messaging/auth-server
"""

from transforms.secrets.kinds import BASE64URL, Call, SecretKind, shaped

KINDS = (
    SecretKind(
        id="firebase-server-key",
        title="Firebase server key",
        pattern=r"AAAA[0-9A-Za-z_-]{7}:APA91b[0-9A-Za-z_-]{120,150}(?![0-9A-Za-z_-])",
        names=("fcm",),
        marks=(":APA91b",),
        secret_name="FCM_SERVER_KEY",
        rotate_url="https://console.firebase.google.com",
        revoke="Delete the key, and send with a service account's identity.",
        generate=shaped("AA", "AA", (BASE64URL, 7), ":APA91b", (BASE64URL, 134)),
        calls=(Call("pyfcm.FCMNotification", "api_key"),),
    ),
)
