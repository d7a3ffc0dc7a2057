"""Properties that several resource types share."""

from dataclasses import replace

from sandbox.provider.properties import Kind, Property

# S3 User Guide, "General purpose bucket naming rules".
BUCKET_NAME = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"

REGION = Property(name="region", replaces=True)
TAGS = Property(name="tags", kind=Kind.TAGS)
BUCKET = Property(name="bucket", required=True, replaces=True)


def iam_name(length: int) -> Property:
    """Return the `name` of an IAM resource of up to that many characters (API Reference of IAM)."""
    return Property(name="name", replaces=True, pattern=rf"[\w+=,.@-]{{1,{length}}}")


def lasting_iam_name(length: int) -> Property:
    """Return the `name` of a user or group, which the real provider changes in place.

    Its resource keeps the old name as its id then, so that the next refresh takes it for deleted.
    """
    why = (
        "cannot change: the real provider renames it in AWS and then looks for the old name; "
        "give the new one a resource of its own, or set replace_on_changes on this one"
    )
    return replace(iam_name(length), replaces=False, fixed=why)


PATH = Property(name="path", replaces=True, default="/", pattern=r"/|/[\x21-\x7e]{1,510}/")
