"""All rules that there are, as data: what each means, how bad it is, and what to do about it.

An id is one of a family: 1 public and plain access, 2 who is let in, 3 what is allowed, 4 grants, 5 sizes, 6
what cannot be told.
"""

from typing import Final

from crossaccess.findings.finding import Rule, Severity

TLS_NOT_REQUIRED: Final = Rule(
    id="XA101",
    name="tls-not-required",
    title="No statement refuses requests without TLS",
    severity=Severity.MEDIUM,
    reason="Whoever is on the way can read objects, and use a signed request again while it is valid.",
    page='Amazon S3 User Guide, "Security best practices for Amazon S3"',
    mend="Deny s3:* on the bucket and its objects to everyone where aws:SecureTransport is false.",
)
TLS_OF_OTHERS_ONLY: Final = Rule(
    id="XA102",
    name="tls-of-others-only",
    title="TLS is asked of those whom the bucket policy lets in, and of nobody else",
    severity=Severity.LOW,
    reason="Principals of the bucket's own account need no bucket policy, and may go without TLS.",
    page='Amazon S3 User Guide, "Security best practices for Amazon S3"',
    mend="Deny s3:* to everyone where aws:SecureTransport is false, once nobody needs plain HTTP.",
)
PUBLIC: Final = Rule(
    id="XA103",
    name="public",
    title="The bucket policy is public, and Block Public Access does not hold it back",
    severity=Severity.CRITICAL,
    reason="Everyone can use what it allows, without an AWS account too.",
    page='Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"',
    mend="Name the principals, or narrow the statement by aws:PrincipalOrgID; turn on Block Public Access.",
)
PUBLIC_HELD_BACK: Final = Rule(
    id="XA104",
    name="public-held-back",
    title="The bucket policy is public, and only Block Public Access holds it back",
    severity=Severity.MEDIUM,
    reason="One setting lies between the bucket and everyone, and nobody of another account gets in by it.",
    page='Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"',
    mend="Name the principals, or narrow the statement by aws:PrincipalOrgID.",
)
PUBLIC_ACCESS_NOT_BLOCKED: Final = Rule(
    id="XA105",
    name="public-access-not-blocked",
    title="Block Public Access is not on in all four parts",
    severity=Severity.MEDIUM,
    reason="Nothing stops the next change of a policy or an ACL from opening the bucket to everyone.",
    page='Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"',
    mend="Turn on all four settings of the bucket.",
)
PUBLIC_ACCESS_NOT_TOLD: Final = Rule(
    id="XA106",
    name="public-access-not-told",
    title="Whether Block Public Access is on is not known",
    severity=Severity.INFO,
    reason="AWS turns it on for new buckets, and anybody may have turned it off; no source here says.",
    page='Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"',
    mend="Let the stack set it, or look at the bucket.",
)
WILDCARD_PRINCIPAL: Final = Rule(
    id="XA201",
    name="wildcard-principal",
    title="A bucket policy allows everyone, without a condition that narrows it",
    severity=Severity.HIGH,
    reason="The statement lets anybody of any account do what it allows.",
    page='IAM User Guide, "AWS JSON policy elements: Principal"',
    mend="Name the principals, or add a condition such as aws:PrincipalOrgID or aws:PrincipalArn.",
)
WHOLE_ACCOUNT: Final = Rule(
    id="XA202",
    name="whole-account",
    title="A whole account is trusted, and no grant says so",
    severity=Severity.MEDIUM,
    reason="The other account's administrators can let any of their principals in, now and later.",
    page='IAM User Guide, "AWS JSON policy elements: Principal"',
    mend="Name the principals, or add a condition on aws:PrincipalArn.",
)
WHOLE_ACCOUNT_GRANTED: Final = Rule(
    id="XA203",
    name="whole-account-granted",
    title="A whole account is trusted, as a grant says",
    severity=Severity.LOW,
    reason="The other account's administrators can let any of their principals in, now and later.",
    page='IAM User Guide, "AWS JSON policy elements: Principal"',
    mend="Let the grant name users, roles or permission sets, where these are known.",
)
ALLOW_NOT_PRINCIPAL: Final = Rule(
    id="XA204",
    name="allow-not-principal",
    title="Allow stands with NotPrincipal",
    severity=Severity.HIGH,
    reason="It allows everyone but those whom it names, people without an AWS account among them.",
    page='IAM User Guide, "AWS JSON policy elements: NotPrincipal"',
    mend="Name those who are meant, as Principal.",
)
DELETED_PRINCIPAL: Final = Rule(
    id="XA205",
    name="deleted-principal",
    title="A principal that was deleted stands in the policy by its unique id",
    severity=Severity.MEDIUM,
    reason="It matches nobody, a new principal of that name neither, and AWS saves no policy that holds it.",
    page='IAM User Guide, "AWS JSON policy elements: Principal"',
    mend="Save the policy anew with the principal's ARN (pulumi up --refresh), or take it out.",
)
SERVICE_WITHOUT_SOURCE: Final = Rule(
    id="XA206",
    name="service-without-source",
    title="An AWS service is let in, whoever it works for",
    severity=Severity.MEDIUM,
    reason="Others can have the service reach the resource for them: it is a confused deputy.",
    page='IAM User Guide, "The confused deputy problem"',
    mend="Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID.",
)
NO_EXTERNAL_ID: Final = Rule(
    id="XA207",
    name="no-external-id",
    title="A role trusts an account that nothing here knows, without an external id",
    severity=Severity.MEDIUM,
    reason="A third party that serves others too can be tricked into using the role for one of them.",
    page='IAM User Guide, "Access to AWS accounts owned by third parties"',
    mend="Agree on an external id and ask for it (sts:ExternalId); for an account of your own, "
    "aws:PrincipalOrgID says so.",
)
NO_EXTERNAL_ID_IN_GRANT: Final = Rule(
    id="XA208",
    name="no-external-id-in-grant",
    title="A role trusts an account of which only grants tell, without an external id",
    severity=Severity.LOW,
    reason="Where that account is a third party's, it can be tricked into using the role for others.",
    page='IAM User Guide, "Access to AWS accounts owned by third parties"',
    mend="For a third party, give the grant an externalId; for an account of your own, an organization.",
)
UNTOLD_ACCOUNT: Final = Rule(
    id="XA209",
    name="untold-account",
    title="Another account is let in that no grant tells of",
    severity=Severity.MEDIUM,
    reason="Access that nobody reviews as a grant stays when its reason has gone.",
    page='IAM User Guide, "Security best practices in IAM"',
    mend="Make it a grant, or take the statement out.",
)
OPEN_TO_EVERYONE: Final = Rule(
    id="XA210",
    name="open-to-everyone",
    title="A role or a key lets everyone in, without a condition that narrows it",
    severity=Severity.CRITICAL,
    reason="Anybody with an AWS account can assume the role, or use the key.",
    page='IAM User Guide, "AWS JSON policy elements: Principal"',
    mend="Name the principals, or add a condition such as aws:PrincipalOrgID or aws:PrincipalArn.",
)
PROVIDER_WITHOUT_SUBJECT: Final = Rule(
    id="XA211",
    name="provider-without-subject",
    title="A role trusts an identity provider, whomever it signs in",
    severity=Severity.HIGH,
    reason="Providers such as GitHub's sign in everybody: any repository's workflow could assume the role.",
    page='IAM User Guide, "Identity-provider controls for shared OIDC providers"',
    mend="Ask for a claim that says whose it is, such as token.actions.githubusercontent.com:sub.",
)
NOT_ACTION: Final = Rule(
    id="XA301",
    name="allow-not-action",
    title="Allow stands with NotAction",
    severity=Severity.MEDIUM,
    reason="It allows all actions but a few, those that AWS will add as well.",
    page='IAM User Guide, "IAM JSON policy elements: NotAction"',
    mend="Name the actions that are meant, as Action.",
)
NOT_RESOURCE: Final = Rule(
    id="XA302",
    name="allow-not-resource",
    title="Allow stands with NotResource",
    severity=Severity.MEDIUM,
    reason="It allows the actions on everything but a few resources, those that will be made as well.",
    page='IAM User Guide, "IAM JSON policy elements: NotResource"',
    mend="Name the resources that are meant, as Resource.",
)
POLICY_GIVEN_AWAY: Final = Rule(
    id="XA303",
    name="policy-given-away",
    title="Another account may write the policy of the bucket or the key",
    severity=Severity.HIGH,
    reason="Who can write the policy of a bucket or a key can give itself and others everything.",
    page='IAM User Guide, "Security best practices in IAM"',
    mend="Name the actions that are needed, without wildcards.",
)
WILDCARD_ACTIONS: Final = Rule(
    id="XA304",
    name="wildcard-actions",
    title="Another account is allowed actions by a wildcard",
    severity=Severity.MEDIUM,
    reason="A wildcard holds more actions than anybody thinks of, those that AWS will add as well.",
    page='IAM User Guide, "Security best practices in IAM"',
    mend="Name the actions that are needed.",
)
GRANT_EXPIRED: Final = Rule(
    id="XA401",
    name="grant-expired",
    title="A grant has ended",
    severity=Severity.MEDIUM,
    reason="It lets nobody in any more, and a later end would open it again unseen.",
    page='IAM User Guide, "AWS global condition context keys"',
    mend="Take the grant out, or give it a later expires.",
)
GRANT_EXPIRES_SOON: Final = Rule(
    id="XA402",
    name="grant-expires-soon",
    title="A grant ends soon",
    severity=Severity.LOW,
    reason="Nobody gets in by it after that.",
    page='IAM User Guide, "AWS global condition context keys"',
    mend="Give the grant a later expires, or let it end.",
)
REQUESTER_SIDE_MISSING: Final = Rule(
    id="XA403",
    name="requester-side-missing",
    title="A grant is not taken up: the requester's side does not allow it",
    severity=Severity.MEDIUM,
    reason="Both accounts have to allow a request, so that nobody gets in by the grant.",
    page='IAM User Guide, "Cross-account policy evaluation logic"',
    mend="Deploy the requester's stack, or take the grant out.",
)
OWNER_SIDE_MISSING: Final = Rule(
    id="XA404",
    name="owner-side-missing",
    title="A grant is told, and the owner's side does not allow it",
    severity=Severity.MEDIUM,
    reason="Both accounts have to allow a request, so that nobody gets in by the grant.",
    page='IAM User Guide, "Cross-account policy evaluation logic"',
    mend="Deploy the owner's stack again; see what else writes its policies.",
)
KEY_NOT_ALLOWED: Final = Rule(
    id="XA405",
    name="key-not-allowed",
    title="The bucket has a KMS key, and a grant cannot use it",
    severity=Severity.MEDIUM,
    reason="S3 refuses the objects, though policies allow them: the key's policy and the requester's have to "
    "allow the use of the key as well.",
    page='AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key"',
    mend="Deploy both stacks again, or add the statement that is missing.",
)
GRANT_IN_DOUBT: Final = Rule(
    id="XA406",
    name="grant-in-doubt",
    title="Whether a grant works cannot be told",
    severity=Severity.INFO,
    reason="Something that decides it is not known here.",
    page='IAM User Guide, "Cross-account policy evaluation logic"',
    mend="Give what is missing: the other stack, or a folder of policies; crossaccess explain tells more.",
)
NEARLY_FULL: Final = Rule(
    id="XA501",
    name="nearly-full",
    title="A policy uses over 80 % of what AWS takes",
    severity=Severity.LOW,
    reason="The next grants may not fit, and AWS refuses the whole policy then.",
    page='IAM User Guide, "IAM and AWS STS quotas"; Amazon S3 User Guide, "Adding a bucket policy by using '
    'the Amazon S3 console"; AWS KMS Developer Guide, "Resource quotas"',
    mend="Put grants together that differ in one thing, or move some to method assume-role.",
)
TOO_LARGE: Final = Rule(
    id="XA502",
    name="too-large",
    title="A policy is larger than AWS takes",
    severity=Severity.MEDIUM,
    reason="AWS refuses it in the middle of a deployment.",
    page='IAM User Guide, "IAM and AWS STS quotas"; Amazon S3 User Guide, "Adding a bucket policy by using '
    'the Amazon S3 console"; AWS KMS Developer Guide, "Resource quotas"',
    mend="Put grants together that differ in one thing, or move some to method assume-role.",
)
RESOURCE_POLICY_UNREADABLE: Final = Rule(
    id="XA601",
    name="resource-policy-unreadable",
    title="Whom a resource lets in cannot be read",
    severity=Severity.HIGH,
    reason="The policy of the bucket, the key or the role may let anybody in.",
    page='IAM User Guide, "Policy evaluation logic"',
    mend="Give a preview or a state that holds it, or a folder with the document.",
)
IDENTITY_POLICY_UNREADABLE: Final = Rule(
    id="XA602",
    name="identity-policy-unreadable",
    title="What a principal is allowed cannot be read",
    severity=Severity.LOW,
    reason="A policy that is attached to it may allow anything that the other side leaves to its account.",
    page='IAM User Guide, "Policy evaluation logic"',
    mend="Give a preview or a state that holds it, or a folder with the document.",
)
NOT_READ: Final = Rule(
    id="XA603",
    name="not-read",
    title="Something may give access that is not read here",
    severity=Severity.LOW,
    reason="Access points, ACLs, KMS grants and the like let people in beside the policies.",
    page='Amazon S3 User Guide, "Access control in Amazon S3"; AWS KMS Developer Guide, "Grants in AWS KMS"',
    mend="Look at it yourself.",
)

RULES: Final[tuple[Rule, ...]] = (
    TLS_NOT_REQUIRED,
    TLS_OF_OTHERS_ONLY,
    PUBLIC,
    PUBLIC_HELD_BACK,
    PUBLIC_ACCESS_NOT_BLOCKED,
    PUBLIC_ACCESS_NOT_TOLD,
    WILDCARD_PRINCIPAL,
    WHOLE_ACCOUNT,
    WHOLE_ACCOUNT_GRANTED,
    ALLOW_NOT_PRINCIPAL,
    DELETED_PRINCIPAL,
    SERVICE_WITHOUT_SOURCE,
    NO_EXTERNAL_ID,
    NO_EXTERNAL_ID_IN_GRANT,
    UNTOLD_ACCOUNT,
    OPEN_TO_EVERYONE,
    PROVIDER_WITHOUT_SUBJECT,
    NOT_ACTION,
    NOT_RESOURCE,
    POLICY_GIVEN_AWAY,
    WILDCARD_ACTIONS,
    GRANT_EXPIRED,
    GRANT_EXPIRES_SOON,
    REQUESTER_SIDE_MISSING,
    OWNER_SIDE_MISSING,
    KEY_NOT_ALLOWED,
    GRANT_IN_DOUBT,
    NEARLY_FULL,
    TOO_LARGE,
    RESOURCE_POLICY_UNREADABLE,
    IDENTITY_POLICY_UNREADABLE,
    NOT_READ,
)
"""Every rule once, by its id."""
