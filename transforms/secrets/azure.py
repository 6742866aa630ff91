"""Microsoft Azure and Entra: storage keys, keys of cognitive services (OpenAI among them), client secrets, bus keys.

Keys: https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key, .../sit-defn-client-secret-api-key and
their neighbours. Older keys of cognitive services are 32 hexadecimal digits: name and call tell.
"""

from transforms.secrets.kinds import ALPHANUMERIC, BASE64URL, HEX, Call, Harm, SecretKind, shaped

KINDS = (
    SecretKind(
        id="azure-storage-key",
        title="Azure storage account key",
        pattern=r"(?<=AccountKey=)[0-9A-Za-z+/]{86}==",
        names=("azure storage",),
        marks=("AccountKey=",),
        secret_name="AZURE_STORAGE_CONNECTION_STRING",
        rotate_url="https://portal.azure.com",
        revoke="Rotate the access key of the storage account, and let the app sign in with a managed identity.",
        generate=shaped("DefaultEndpointsProtocol=https;AccountName=shop;Account", "Key=", (ALPHANUMERIC, 86), "=="),
        calls=(
            Call("azure.storage.blob.BlobServiceClient.from_connection_string", "conn_str", 0),
            Call("azure.storage.blob.BlobServiceClient", "credential"),
            Call("azure.storage.blob.ContainerClient", "credential"),
            Call("azure.storage.queue.QueueServiceClient", "credential"),
            Call("azure.storage.filedatalake.DataLakeServiceClient", "credential"),
            Call("azure.cosmos.CosmosClient", "credential"),
        ),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="azure-service-bus-key",
        title="Azure shared access key",
        pattern=r"(?<=SharedAccessKey=)[0-9A-Za-z+/]{43}=",
        names=(),
        marks=("SharedAccessKey=",),
        secret_name="AZURE_SERVICE_BUS_CONNECTION_STRING",
        rotate_url="https://portal.azure.com",
        revoke="Regenerate the key of the policy, and let the app sign in with a managed identity.",
        generate=shaped(
            "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=app;SharedAccess",
            "Key=",
            (ALPHANUMERIC, 43),
            "=",
        ),
        calls=(
            Call("azure.servicebus.ServiceBusClient.from_connection_string", "conn_str", 0),
            Call("azure.eventhub.EventHubProducerClient.from_connection_string", "conn_str", 0),
        ),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="azure-cognitive-key",
        title="Azure AI services key",
        pattern=r"[0-9A-Za-z]{52}JQQJ9[0-9A-Za-z]{27}\b",
        names=("azure",),
        marks=("JQQJ9",),
        secret_name="AZURE_OPENAI_API_KEY",
        rotate_url="https://portal.azure.com",
        revoke="Regenerate the key of the resource, or switch keys off and sign in with a managed identity.",
        generate=shaped((ALPHANUMERIC, 52), "JQQ", "J9", (ALPHANUMERIC, 27)),
        calls=(
            Call("openai.AzureOpenAI", "api_key"),
            Call("openai.AsyncAzureOpenAI", "api_key"),
            Call("langchain_openai.AzureChatOpenAI", "api_key"),
            Call("langchain_openai.AzureChatOpenAI", "openai_api_key"),
            Call("langchain_openai.AzureOpenAIEmbeddings", "api_key"),
            Call("azure.core.credentials.AzureKeyCredential", "key", 0),
        ),
    ),
    SecretKind(
        id="azure-client-secret",
        title="Entra client secret",
        pattern=r"[0-9A-Za-z_~.]{3}[78]Q~[0-9A-Za-z_~.-]{31,34}(?![0-9A-Za-z_~.-])",
        names=("azure client", "azure ad", "aad client", "entra"),
        marks=("Q~",),
        secret_name="AZURE_CLIENT_SECRET",
        rotate_url="https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps",
        revoke="Delete the secret of the app registration; use a managed identity or a federated credential instead.",
        generate=shaped((ALPHANUMERIC, 3), "8", "Q~", (BASE64URL, 33), "q"),
        calls=(
            Call("azure.identity.ClientSecretCredential", "client_secret", 2),
            Call("msal.ConfidentialClientApplication", "client_credential", 1),
        ),
        harm=Harm.TAKE_OVER,
    ),
    SecretKind(
        id="azure-devops-token",
        title="Azure DevOps personal access token",
        pattern=r"[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}\b",
        names=("azdo", "azure devops"),
        marks=("AZDO",),
        secret_name="AZURE_DEVOPS_TOKEN",
        rotate_url="https://dev.azure.com/_usersSettings/tokens",
        revoke="Revoke the token in the user settings.",
        generate=shaped((HEX, 76), "AZ", "DO", (ALPHANUMERIC, 4)),
        calls=(Call("msrest.authentication.BasicAuthentication", "password", 1),),
        harm=Harm.TAKE_OVER,
    ),
)
