"""What a gateway in front of a cloud function asks of its callers. Source: documentation of API Gateway and Lambda.

A key that a usage plan asks for says which plan a request counts for; AWS itself says not to use it for access control.
"""

AUTHENTICATES = (r"aws_api_gateway\.(?:iam|jwt|authorizer|own_account)",)
HARMLESS = (r"aws_api_gateway\.api_key",)
