"""The S3 actions that a grant can give, each with its reason, and the named sets of them.

Names, levels and condition keys follow the Service Authorization Reference, "Actions, resources, and
condition keys for Amazon S3". Actions that administer a bucket (its policy, ACLs, encryption …) are
left out on purpose: with them a grant could widen itself. `crossaccess.policy.withheld` says so of each.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Scope(enum.Enum):
    """What an action is asked on, which decides the resource and condition that its statement needs."""

    OBJECTS = "objects"
    """The ARN of objects; a prefix narrows the resource."""
    LISTING = "listing"
    """The ARN of the bucket; a prefix narrows it by a condition on `s3:prefix`."""
    BUCKET = "bucket"
    """The ARN of the bucket; it tells nothing about single keys, so that prefixes do not matter."""
    ALL_KEYS = "all keys"
    """The ARN of the bucket; it shows key names of the whole bucket and no prefix can narrow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Action:
    """One action, with the reason why somebody would grant it."""

    name: str
    scope: Scope
    reason: str


def _actions(scope: Scope, reasons: dict[str, str]) -> tuple[S3Action, ...]:
    return tuple(S3Action(name=name, scope=scope, reason=reason) for name, reason in reasons.items())


_KNOWN = (
    *_actions(
        Scope.OBJECTS,
        {
            "s3:GetObject": "reads an object and its metadata; HEAD is this action too",
            "s3:GetObjectAcl": "reads an object's ACL",
            "s3:GetObjectAnnotation": "reads a note that is attached to an object",
            "s3:GetObjectAttributes": "reads checksum, size and parts of an object, beside s3:GetObject",
            "s3:GetObjectLegalHold": "reads whether an object is under legal hold",
            "s3:GetObjectRetention": "reads until when an object is locked",
            "s3:GetObjectTagging": "reads an object's tags; copies with tags need it on their source",
            "s3:GetObjectVersion": "reads a version named by its id, deleted ones included",
            "s3:GetObjectVersionAcl": "reads the ACL of a version",
            "s3:GetObjectVersionAnnotation": "reads a note that is attached to a version",
            "s3:GetObjectVersionAttributes": "reads checksum, size and parts of a version",
            "s3:GetObjectVersionTagging": "reads the tags of a version",
            "s3:ListObjectAnnotations": "lists the notes that are attached to an object",
            "s3:ListObjectVersionAnnotations": "lists the notes that are attached to a version",
            "s3:PutObject": "writes an object, in one piece or in parts, or by copying",
            "s3:PutObjectAcl": "sends an ACL with a write, as older tools do to hand an object over",
            "s3:PutObjectAnnotation": "attaches a note to an object, or replaces it",
            "s3:PutObjectLegalHold": "puts an object under legal hold, or ends that",
            "s3:PutObjectRetention": "locks an object until a date",
            "s3:PutObjectTagging": "sets tags, also those that are sent along with a write",
            "s3:PutObjectVersionAnnotation": "attaches a note to a version, or replaces it",
            "s3:PutObjectVersionTagging": "sets the tags of a version",
            "s3:AbortMultipartUpload": "cleans up after an upload in parts that failed",
            "s3:ListMultipartUploadParts": "resumes an upload in parts: says which have arrived",
            "s3:RestoreObject": "brings an archived object back for a time",
            "s3:DeleteObject": "deletes an object; under versioning, puts a delete marker on it",
            "s3:DeleteObjectAnnotation": "takes a note off an object",
            "s3:DeleteObjectTagging": "takes an object's tags away",
            "s3:DeleteObjectVersion": "deletes a version for good",
            "s3:DeleteObjectVersionAnnotation": "takes a note off a version",
            "s3:DeleteObjectVersionTagging": "takes the tags of a version away",
            "s3:ReplicateObject": "lets S3 replicate objects into the bucket, out of one of the requester's",
            "s3:ReplicateDelete": "lets S3 replicate delete markers, too; never the deletion of a version",
            "s3:ReplicateTags": "lets S3 replicate changes of tags, too",
            "s3:ReplicateObjectAnnotation": "lets S3 replicate notes, too",
            "s3:ObjectOwnerOverrideToBucketOwner": "lets replicas belong to the bucket's owner",
        },
    ),
    *_actions(
        Scope.LISTING,
        {
            "s3:ListBucket": "lists keys; with it a missing key answers 404 instead of 403",
            "s3:ListBucketVersions": "lists versions and delete markers",
        },
    ),
    *_actions(
        Scope.BUCKET,
        {
            "s3:GetAccelerateConfiguration": "tells whether the bucket can be reached by its faster endpoint",
            "s3:GetBucketLocation": "tells the bucket's Region, which older tools ask for first",
            "s3:GetBucketObjectLockConfiguration": "tells how new versions are locked, as backup tools ask",
            "s3:GetBucketOwnershipControls": "tells a writer whether ACLs are to be sent",
            "s3:GetBucketRequestPayment": "tells who pays for requests, and so which header they need",
            "s3:GetBucketTagging": "reads the bucket's tags, by which tools tell what data it is for",
            "s3:GetBucketVersioning": "tells whether the bucket keeps versions; replication asks for it",
            "s3:GetEncryptionConfiguration": "tells a writer how the bucket encrypts, and under which key",
        },
    ),
    *_actions(
        Scope.ALL_KEYS,
        {"s3:ListBucketMultipartUploads": "lists uploads that are under way in the whole bucket"},
    ),
)

ACTIONS = {action.name: action for action in _KNOWN}
"""Every action that a grant can name, by its name."""

ACCESS = {
    "read": ("s3:GetObject",),
    "write": ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    "list": ("s3:ListBucket",),
    "delete": ("s3:DeleteObject",),
}
"""The named sets. Reading and deleting old versions, tags and locks are named one by one instead."""


def actions_of(access: Iterable[str]) -> tuple[str, ...]:
    """Resolve the names of access sets to their actions."""
    return tuple(name for one in access for name in ACCESS[one])


def in_scope(actions: Iterable[str], *scopes: Scope) -> tuple[str, ...]:
    """Those of the actions that are asked on one of the given scopes."""
    return tuple(name for name in actions if ACTIONS[name].scope in scopes)
