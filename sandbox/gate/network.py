"""The network that a request comes over: the internet, or the endpoints of a VPC.

IAM User Guide, "AWS global condition context keys", under "Properties of the network"; AWS PrivateLink,
"Gateway endpoints for Amazon S3". Each service has an endpoint with an id of its own.
"""

from collections.abc import Mapping

VPC = "vpc-0c000000000000001"
"""The VPC that the sandbox's endpoints are in."""
S3_ENDPOINT = "vpce-0e530000000000001"
"""The id of the VPC's endpoint of S3."""
STS_ENDPOINT = "vpce-0e575000000000002"
"""The id of the VPC's endpoint of STS."""
KMS_ENDPOINT = "vpce-0e635000000000003"
"""The id of the VPC's endpoint of KMS."""

# IAM has none here: its calls leave the VPC, and come over the internet.
_ENDPOINTS: Mapping[str, str] = {"s3": S3_ENDPOINT, "sts": STS_ENDPOINT, "kms": KMS_ENDPOINT}
NETWORK_KEYS = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
"""The condition keys that say where a request comes from, in lower case."""


def network_keys(service: str, address: str, *, through_endpoint: bool) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that say where a request of a service comes from.

    `address` is the client's. Through an endpoint it is `aws:VpcSourceIp`, and `aws:SourceIp` is absent.
    """
    endpoint = _ENDPOINTS.get(service) if through_endpoint else None
    if endpoint is None:
        return {"aws:SourceIp": (address,)}
    return {"aws:SourceVpc": (VPC,), "aws:SourceVpce": (endpoint,), "aws:VpcSourceIp": (address,)}
