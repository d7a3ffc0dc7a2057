"""Comparisons built by hand, one for each thing that a report has to tell."""

from collections.abc import Sequence

from crossaccess.compare.change import (
    Change,
    Comparison,
    Effect,
    Example,
    Rewritten,
    Shift,
    Standing,
    Subject,
    Unclear,
)

REQUESTER = "112233445566"
OWNER = "111111222222"
BOB = Subject(name="user/bob", account=REQUESTER)
AS_OF = "2026-10-27"

READS = (
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListBucket",
)


def request(
    action: str, key: str, principal: str = f"arn:aws:iam::{REQUESTER}:user/bob"
) -> dict[str, object]:
    """A request as `crossaccess decide` takes it."""
    return {
        "principal": principal,
        "action": action,
        "resource": f"arn:aws:s3:::shared/{key}",
        "resourceAccount": OWNER,
        "context": {"aws:SecureTransport": ["true"]},
    }


EFFECTIVE_GAIN = Change(
    effect=Effect.GAIN,
    standing=Standing.EFFECTIVE,
    subject=BOB,
    target="bucket shared",
    actions=("s3:PutObject",),
    resources=("reports/*",),
    conditions=("over TLS", "until 2027-01-31"),
    way="by role account-a-role",
    statements=("role policy of account-a-role, statement 1 (CrossAccessUploads)",),
    examples=(Example(request=request("s3:PutObject", "reports/q1.csv"), old="not allowed", new="allowed"),),
)
DELEGATED_GAIN = Change(
    effect=Effect.GAIN,
    standing=Standing.DELEGATED,
    subject=Subject(name="any principal", account=REQUESTER),
    target="bucket shared",
    actions=READS,
    resources=("incoming/*", "reports/*"),
    spared=("reports/secret/*",),
    conditions=("over TLS",),
    way="by the bucket policy",
    takers=("user/bob",),
    statements=("bucket policy of shared, statement 2 (CrossAccessReports)",),
    examples=(Example(request=request("s3:GetObject", "incoming/a"), old="not allowed", new="allowed"),),
)
DELEGATED_TO_NOBODY_YET = Change(
    effect=Effect.GAIN,
    standing=Standing.DELEGATED,
    subject=Subject(name="any principal of any other account"),
    target="key 1234abcd",
    actions=("kms:Decrypt",),
    way="by the key policy",
    takers=(),
)
LOSS = Change(
    effect=Effect.LOSS,
    standing=Standing.EFFECTIVE,
    subject=Subject(name="role/etl", account=REQUESTER),
    target="bucket shared",
    actions=("s3:DeleteObject", "s3:PutObject"),
    resources=("*",),
    way="by the bucket policy",
    statements=("bucket policy of shared, statement 1 (CrossAccessEtl)",),
    examples=(Example(request=request("s3:DeleteObject", "a"), old="allowed", new="not allowed"),),
)
DELEGATED_LOSS = Change(
    effect=Effect.LOSS,
    standing=Standing.DELEGATED,
    subject=Subject(name="role/etl", account=REQUESTER),
    target="role account-a-role",
    actions=("sts:AssumeRole",),
    way="by its trust policy",
    takers=("role/etl",),
)
LOOSENED = Change(
    effect=Effect.GAIN,
    standing=Standing.EFFECTIVE,
    subject=BOB,
    target="bucket shared",
    actions=("s3:GetObject",),
    resources=("reports/*",),
    shift=Shift.LOOSENED,
    before=("over TLS", "from 203.0.113.0/24", "until 2026-12-31"),
    conditions=("over TLS",),
    way="by the bucket policy",
)
TIGHTENED = Change(
    effect=Effect.LOSS,
    standing=Standing.EFFECTIVE,
    subject=BOB,
    target="bucket shared",
    actions=("s3:ListBucket",),
    shift=Shift.TIGHTENED,
    before=(),
    conditions=("over TLS", "with MFA"),
    way="by the bucket policy",
)
UNKNOWN = Change(
    effect=Effect.UNKNOWN,
    standing=Standing.EFFECTIVE,
    subject=Subject(name="any role session", account=REQUESTER),
    target="bucket shared",
    actions=("s3:GetObject",),
    resources=("home/*",),
    way="by the bucket policy",
    reason="${aws:PrincipalTag/team} stands twice in the pattern",
)
DELEGATED_UNKNOWN = Change(
    effect=Effect.UNKNOWN,
    standing=Standing.DELEGATED,
    subject=Subject(name="any principal", account=REQUESTER),
    target="bucket shared",
    actions=("s3:GetObject",),
    resources=("home/*",),
    reason="the operator StringAlike is not known",
)
PUBLIC = Change(
    effect=Effect.GAIN,
    standing=Standing.EFFECTIVE,
    subject=Subject(name="everyone"),
    target="bucket shared",
    actions=("s3:GetObject",),
    resources=("public/*",),
    way="by the bucket policy",
    public=True,
    examples=(Example(request=request("s3:GetObject", "public/a", "*"), old="not allowed", new="allowed"),),
)
REWRITTEN = (
    Rewritten(name="policy crossaccess-shared-user-bob of user/bob", account=REQUESTER),
    Rewritten(name="bucket policy of shared", account=OWNER),
    Rewritten(name="policy of key 1234abcd", account=None),
)

HOSTILE_TEXTS = (
    "<script>document.title='owned'</script>",
    "`tick` ``two`` ```three",
    "a|b|c",
    "line\nbreak\r\n# heading\n- item",
    "\x1b[31mred\x1b[0m\x07",
    "evil\u202egpj.exe\u200b",
    "@everyone #123 GH-5 https://evil.example www.evil.example",
    "![x](https://evil.example/x.png) [y](javascript:alert(1))",
    "--> <!-- </details></code></table><img src=x onerror=\"document.title='owned'\">",
    "\" onmouseover=\"document.title='owned'",
    "{{ 7 * 7 }} {% raw %} &lt;b&gt; &amp;",
    "[bold red]markup[/] :smile:",
    "\\",
    "",
    " ",
    "x" * 200,
    "日本語🪣" * 50,
    "\ud800 alone",
)


def hostile_change(text: str) -> Change:
    """A change whose every field holds that text."""
    return Change(
        effect=Effect.UNKNOWN,
        standing=Standing.EFFECTIVE,
        subject=Subject(name=text, account=text),
        target=text,
        actions=(text,),
        resources=(text,),
        spared=(text,),
        conditions=(text,),
        shift=Shift.LOOSENED,
        before=(text,),
        way=text,
        takers=(text,),
        reason=text,
        statements=(text,),
        examples=(Example(request={text: {text: [text]}}, old=text, new=text),),
    )


def hostile(texts: Sequence[str]) -> Comparison:
    """A comparison that holds the texts wherever it holds any."""
    return Comparison(
        changes=[hostile_change(text) for text in texts],
        rewritten=[Rewritten(name=text, account=text) for text in texts],
        unclear=[Unclear(name=text, reason=text) for text in texts],
        notes=texts,
        actions_as_of=texts[0],
        titles=texts,
    )


HOSTILE = hostile(HOSTILE_TEXTS)
NOTHING = Comparison(actions_as_of=AS_OF)
REWRITE_ONLY = Comparison(rewritten=REWRITTEN, actions_as_of=AS_OF, titles=("account-a",))
EVERY_KIND = Comparison(
    changes=(
        LOSS,
        UNKNOWN,
        EFFECTIVE_GAIN,
        TIGHTENED,
        DELEGATED_UNKNOWN,
        LOOSENED,
        DELEGATED_GAIN,
        DELEGATED_LOSS,
        DELEGATED_TO_NOBODY_YET,
        PUBLIC,
    ),
    rewritten=REWRITTEN,
    unclear=(Unclear(name="bucket policy of archive", reason="its bucket is replaced"),),
    notes=("bucket archive is replaced: its objects are lost",),
    actions_as_of=AS_OF,
    titles=("account-a", "account-b"),
)


def many(number: int) -> Comparison:
    """A comparison with so many gains, losses and unknowns, in turn."""
    effects = (Effect.GAIN, Effect.LOSS, Effect.UNKNOWN)
    changes = [
        Change(
            effect=effects[index % 3],
            standing=Standing.EFFECTIVE,
            subject=Subject(name=f"user/person-{index:04}", account=REQUESTER),
            target="bucket shared",
            actions=READS,
            resources=(f"homes/person-{index:04}/*",),
            conditions=("over TLS",),
            way="by the bucket policy",
            reason="its policy is a secret" if index % 3 == 2 else None,
            examples=(
                Example(request=request("s3:GetObject", f"homes/{index}"), old="not allowed", new="allowed"),
            ),
        )
        for index in range(number)
    ]
    return Comparison(changes=changes, rewritten=REWRITTEN * 100, actions_as_of=AS_OF)


SHOWN = {
    "nothing": NOTHING,
    "rewrite-only": REWRITE_ONLY,
    "gain": Comparison(changes=(EFFECTIVE_GAIN,), actions_as_of=AS_OF, titles=("account-a",)),
    "delegated": Comparison(changes=(DELEGATED_GAIN, DELEGATED_TO_NOBODY_YET), actions_as_of=AS_OF),
    "shifted": Comparison(changes=(LOOSENED, TIGHTENED), rewritten=REWRITTEN[1:2], actions_as_of=AS_OF),
    "every-kind": EVERY_KIND,
    "hostile": HOSTILE,
    "thousand": many(1_000),
}
"""What the golden files show, by their names."""
