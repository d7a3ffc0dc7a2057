"""Every resource type that the stand-in knows.

To add one, write its row under `resources/` and name it here.
"""

from collections.abc import Mapping

from sandbox.provider.resource_type import ResourceType
from sandbox.provider.resources.attachments import ATTACHMENTS
from sandbox.provider.resources.bucket import BUCKET
from sandbox.provider.resources.bucket_settings import SETTINGS
from sandbox.provider.resources.group import GROUP
from sandbox.provider.resources.key import ALIAS, KEY
from sandbox.provider.resources.membership import USER_GROUP_MEMBERSHIP
from sandbox.provider.resources.policy import POLICY
from sandbox.provider.resources.role import ROLE, ROLE_POLICY
from sandbox.provider.resources.user import USER

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    item.token: item
    for item in (
        BUCKET,
        *SETTINGS,
        KEY,
        ALIAS,
        ROLE,
        ROLE_POLICY,
        POLICY,
        *ATTACHMENTS,
        USER,
        GROUP,
        USER_GROUP_MEMBERSHIP,
    )
}
