"""Setups in which one thing is broken: what each is, and how it is broken in a sandbox."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.accounts import OWNER_ACCOUNT, REQUESTER_ACCOUNT
from sandbox.organization import attach, detach
from sandbox.running import Sandbox
from tests.support.by_hand import ByHand
from tests.support.stacks import grant

BUCKET = "broken-setups"
A, B = OWNER_ACCOUNT, REQUESTER_ACCOUNT
OWNER, REQUESTER = "broken-owner", "broken-requester"
ARN = f"arn:aws:s3:::{BUCKET}"
ID = "our-contract-17"
IDENTITY, BUCKETS, KEYS = "identity policies", "bucket policy", "key policy"
GET, WRONG_ID, PLAIN = "get", "assume the role with a wrong ExternalId", "head over plain HTTP"

Json = Any  # Any: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is broken of the grant of that name, and who is kept out by it.

    `fails` are the sides that explain has to name, each with account, policies and the element that missed;
    `says` stands in what it says of the first. `call` is that of verify's lines which is refused. `told` is
    whether the stacks knew of it before anything was changed by hand.
    """

    name: str
    who: str = "bob"
    fails: tuple[tuple[str, str, str | None], ...]
    says: str
    mend: str
    decision: str = "not allowed"
    context: tuple[str, ...] = ()
    call: str = GET
    told: bool = False

    @property
    def key(self) -> str:
        """The object that they ask for: under the grant's prefix."""
        return f"s3://{BUCKET}/{self.name}/q1.csv"


SETUPS = (
    Setup(
        name="untaken",
        fails=((B, IDENTITY, "Resource"), (B, IDENTITY, "Condition")),
        says="no policy of user/bob allows s3:GetObject on this object",
        mend=f"in stack {REQUESTER} (account {B}): deploy it, the grant untaken covers this",
        told=True,
    ),
    Setup(
        name="withdrawn",
        fails=((A, BUCKETS, "Resource"),),
        says="no statement lets user/bob use s3:GetObject on this object",
        mend=f"in stack {OWNER} (account {A}): deploy it, the grant withdrawn covers this",
    ),
    Setup(
        name="prefix",
        fails=((B, IDENTITY, "Resource"),),
        says="(OtherYear): its resource is prefix/2025/*",
        mend=f"in stack {REQUESTER} (account {B}): deploy it, the grant prefix covers this",
    ),
    Setup(
        name="account",
        fails=((A, BUCKETS, "Principal"),),
        says=f"it names arn:aws:iam::{A}:root: another account than {B}",
        mend=f"let the statement name arn:aws:iam::{B}:user/bob",
    ),
    Setup(
        name="recreated",
        who="dave",
        fails=((A, BUCKETS, "Principal"), (A, KEYS, "Principal")),
        says="it names a principal that no longer exists (AIDA",
        mend="save the policy anew, so that it names the new user/dave: pulumi up --refresh",
    ),
    Setup(
        name="no-decrypt",
        who="carol",
        fails=((B, IDENTITY, None),),
        says="no policy of user/carol allows kms:Decrypt on this key",
        mend=f"in stack {REQUESTER} (account {B}): deploy it, the grant no-decrypt covers this",
    ),
    Setup(
        name="no-key",
        who="erin",
        fails=((A, KEYS, "Action"),),
        says="its action is kms:DescribeKey",
        mend=f"in stack {OWNER} (account {A}): deploy it, the grant no-key covers this",
    ),
    Setup(
        name="denied",
        decision="denied",
        fails=((A, BUCKETS, None),),
        says="(SecurityTeam), denies it, without any condition",
        mend=f"in stack {OWNER} (account {A}): nothing can be allowed against a deny",
    ),
    Setup(
        name="scp",
        decision="denied",
        fails=((B, "service control policies", None),),
        says="service control policy no-reading at account, statement 1 (NoReading), denies it",
        mend="in the organization's management account: nothing can be allowed against a deny",
    ),
    Setup(
        name="boundary",
        fails=((B, "permissions boundary", "NotResource"),),
        says="nearest is permissions boundary of user/bob, statement 1 (Rest): it is about everything but",
        mend=f"let the boundary allow s3:GetObject on {ARN}/boundary/q1.csv, too",
    ),
    Setup(
        name="expired",
        fails=(
            (B, IDENTITY, "Condition"),
            (A, BUCKETS, "Condition"),
            (B, IDENTITY, "Condition"),
            (A, KEYS, "Condition"),
        ),
        says="it ended on 2026-01-01T00:00:00Z",
        mend="give the grant expired another end, and deploy both stacks",
        told=True,
    ),
    Setup(
        name="external",
        fails=((B, IDENTITY, "Condition"), (A, "trust policy", "Condition")),
        says=f"it asks for the external id {ID}, and this one has theirs",
        mend=f"--context sts:ExternalId={ID}",
        context=("sts:ExternalId=theirs",),
        call=WRONG_ID,
        told=True,
    ),
    Setup(
        name="tls",
        decision="denied",
        fails=((A, BUCKETS, "Condition"),),
        says="denies it, since it is without TLS",
        mend="make the request over TLS (https)",
        context=("aws:SecureTransport=false",),
        call=PLAIN,
        told=True,
    ),
)
"""Both sides' statements, prefix, account, a user made again, KMS on both sides, a deny, SCP, boundary and
so on: all at once in two stacks, each on a grant of its own."""


def grants() -> Iterator[Mapping[str, object]]:
    """A grant for each setup, and one of which nothing is broken."""
    for one in SETUPS:
        more: dict[str, object] = {"conditions": {"expires": "2026-01-01"}} if one.name == "expired" else {}
        if one.name == "external":
            more = {"method": "assume-role", "conditions": {"externalId": ID}}
        if one.name == "recreated":
            more = {"trust": "exact"}
        yield grant(one.name, f"user/{one.who}", **more)
    yield grant("intact", "user/bob")


def without(setup: str) -> Any:  # Any: changes JSON
    """Take a prefix out of the resources of a shared statement."""

    def change(statements: Json) -> None:
        for one in statements:
            if one["Effect"] == "Allow" and isinstance(one["Resource"], list):
                one["Resource"] = [name for name in one["Resource"] if name != f"{ARN}/{setup}/*"]

    return change


def broken(by: ByHand, organization: Path, sandbox: Sandbox) -> dict[str, str]:
    """Break by hand what no stack says; what no stack holds of it, as a folder's files."""

    def in_bucket(statements: Json) -> None:
        for name in ("withdrawn", "account"):
            without(name)(statements)
        read = {"Effect": "Allow", "Action": "s3:GetObject"}
        bob = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{A}:user/bob"}}
        elsewhere = {"Principal": {"AWS": f"arn:aws:iam::{A}:root"}, "Condition": bob}
        statements.append({**read, **elsewhere, "Sid": "Account", "Resource": f"{ARN}/account/*"})
        statements.append(
            {**read, "Sid": "SecurityTeam", "Effect": "Deny", "Principal": "*", "Resource": f"{ARN}/denied/*"}
        )

    def of_bob(statements: Json) -> None:
        without("prefix")(statements)
        statements.append(
            {
                "Sid": "OtherYear",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": f"{ARN}/prefix/2025/*",
            }
        )

    def of_carol(statements: Json) -> None:
        statements[:] = [one for one in statements if one["Action"] != "kms:Decrypt"]

    def of_key(statements: Json) -> None:
        (one,) = (one for one in statements if "user/erin" in json.dumps(one))
        one["Action"] = "kms:DescribeKey"

    by.bucket_policy(in_bucket)
    by.key_policy(of_key)
    by.own_policy("bob", of_bob)
    by.own_policy("carol", of_carol)
    by.made_again("dave", sandbox.folder)
    deny = {"Sid": "NoReading", "Effect": "Deny", "Action": "s3:GetObject", "Resource": f"{ARN}/scp/*"}
    file = organization / "no-reading.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [deny]}), encoding="utf-8")
    attach(sandbox.folder, "account-b", file)
    by.undoing.callback(detach, sandbox.folder, "account-b", "no-reading")
    rest = {"Sid": "Rest", "Effect": "Allow", "Action": "*", "NotResource": f"{ARN}/boundary/*"}
    return {f"{B}/user/bob/boundary.json": by.boundary("bob", rest)}
