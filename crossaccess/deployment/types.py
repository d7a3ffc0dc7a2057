"""The resource types of the AWS provider that are read, by what they are."""

from crossaccess.policy.principal import PrincipalKind

BUCKETS = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"})
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
EXISTING_POLICY = "pulumi-python:dynamic/crossaccess:ExistingPolicy"
"""Our statements in the policy of an adopted bucket; its `policy` is the whole text."""
BUCKET_POLICIES = frozenset({BUCKET_POLICY, EXISTING_POLICY})
PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_ENCRYPTIONS = frozenset(
    {
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    }
)
KEYS = frozenset(
    {"aws:kms/key:Key", "aws:kms/externalKey:ExternalKey", "aws:kms/replicaKey:ReplicaKey"},
)
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
KEY_ALIAS = "aws:kms/alias:Alias"

POLICY = "aws:iam/policy:Policy"
PRINCIPALS = {
    "aws:iam/user:User": PrincipalKind.USER,
    "aws:iam/role:Role": PrincipalKind.ROLE,
    "aws:iam/group:Group": PrincipalKind.GROUP,
}
INLINE = {
    "aws:iam/userPolicy:UserPolicy": PrincipalKind.USER,
    "aws:iam/rolePolicy:RolePolicy": PrincipalKind.ROLE,
    "aws:iam/groupPolicy:GroupPolicy": PrincipalKind.GROUP,
}
ATTACHMENTS = {
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": PrincipalKind.USER,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": PrincipalKind.ROLE,
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": PrincipalKind.GROUP,
}
POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
USER_GROUPS = "aws:iam/userGroupMembership:UserGroupMembership"
GROUP_USERS = "aws:iam/groupMembership:GroupMembership"

UNREAD = {
    "aws:s3/accessPoint:AccessPoint": "access point",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "access point policy",
    "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "access point policy",
    "aws:s3control/accessGrant:AccessGrant": "S3 access grant",
    "aws:s3/bucketAcl:BucketAcl": "bucket ACL",
    "aws:s3/bucketAclV2:BucketAclV2": "bucket ACL",
    "aws:kms/grant:Grant": "KMS grant",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "VPC endpoint policy",
    "aws:organizations/policy:Policy": "policy of an organization",
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": "inline policy of a permission set",
    "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": "permission set",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "permission set",
}
"""What may give or take access and is not read, by what people call it."""
