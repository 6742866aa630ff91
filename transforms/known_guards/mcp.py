"""What checks tokens for MCP servers, by reference. Sources: documentation and source of mcp 2 and fastmcp 4."""

AUTHENTICATES = (
    # every provider of FastMCP refuses a request without a token that it knows
    r"fastmcp\.server\.auth\.providers\.(?!debug|in_memory)\w+\.\w+\(\)",
    r"fastmcp\.server\.auth\.(?:\w+\.)*(?:JWTVerifier|RemoteAuthProvider|OAuthProvider|OAuthProxy|OIDCProxy|MultiAuth)\(\)",
    r"fastmcp\.server\.auth\.(?:\w+\.)*(?:BearerAuthProvider|StaticTokenVerifier|IntrospectionTokenVerifier)\(\)",
    r"mcp\.server\.auth\.provider\.ProviderTokenVerifier\(\)",
    # asks for a token with these scopes, so for a token
    r"fastmcp\.(?:\w+\.)*require_scopes\(\)",
)
ROLES = (r"fastmcp\.(?:\w+\.)*require_scopes(?:\(\))?",)
HARMLESS = (
    r"fastmcp\.server\.auth\.providers\.debug",  # lets every token pass
    r"fastmcp\.server\.middleware", r"mcp\.types", r"mcp\.server\.transport_security",
)  # fmt: skip
