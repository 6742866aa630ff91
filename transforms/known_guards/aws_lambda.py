"""What a gateway in front of a cloud function asks of its callers. Source: documentation of API Gateway and Lambda.

A key that a usage plan asks for says which plan a request counts for; AWS itself says not to use it for access control.
"""

AUTHENTICATES = (r"aws_api_gateway\.(?:iam|jwt|authorizer|own_account)",)
HARMLESS = (r"aws_api_gateway\.api_key",)
# Errors of Powertools, which answer for a handler of one of its resolvers.
STATUSES = {
    f"aws_lambda_powertools.event_handler{module}.{name}": status
    for module in ("", ".exceptions", ".api_gateway")
    for name, status in (("UnauthorizedError", 401), ("ForbiddenError", 403))
}
