"""Who calls in a demonstration, what they call, and what AWS answers."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.calls import Caller, Keys, caller
from sandbox.process import Finished
from sandbox.running import Sandbox

SESSION_NAME = "bob-bucket-access"
"""How Bob names his sessions of the role."""


OK = "OK"
ACCESS_DENIED = "AccessDenied"
BAD_SIGNATURE = "SignatureDoesNotMatch"
NO_SUCH_BUCKET = "NoSuchBucket"


class Way(Enum):
    """How a call is made, beside whose it is."""

    TLS = "TLS"
    PLAIN = "plain HTTP"
    FORGED = "forged signature"


class Operation(Enum):
    """What is called."""

    GET = "get"
    PUT = "put"
    DELETE = "delete"
    LIST = "list the bucket"
    ASSUME = "assume the role"
    ASSUME_BY_CLI = "aws sts assume-role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from a call."""

    code: str
    """`OK`, or AWS's error code."""
    status: int | None = None
    """The HTTP status, where the tool that called tells it."""

    @property
    def granted(self) -> bool:
        """Whether the caller got what was asked for."""
        return self.code == OK

    def __str__(self) -> str:
        """Write it as a person would."""
        return self.code if self.status is None else f"{self.status} {self.code}"


NO_ROLE = Answer(code="not called: the role could not be assumed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One call of the demonstration, and the answer that it should get."""

    who: str
    """One of the sandbox's people, by the name of their profile."""
    operation: Operation
    key: str = ""
    """The object that is called for, where the operation has one."""
    in_role: bool = False
    """Whether the call is made with the credentials of the role that Bob assumed."""
    way: Way = Way.TLS
    expected: str
    """`OK`, or the AWS error code to be refused with."""

    @property
    def by(self) -> str:
        """By which way the call is made, in words."""
        credentials = "role" if self.in_role else "own keys"
        return credentials if self.way is Way.TLS else f"{credentials}, {self.way.value}"

    @property
    def wanted(self) -> str:
        """What the answer should be, in words."""
        return "allowed" if self.expected == OK else "refused"

    @property
    def asked(self) -> str:
        """What is asked for, in words."""
        return f"{self.operation.value} {self.key}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """The role as Bob got it, or did not."""

    answer: Answer
    keys: Keys | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where the calls are made: a running sandbox, the owner's bucket and role, and Bob's session of it."""

    sandbox: Sandbox
    bucket: str
    role_arn: str
    session: Keys | None = field(default=None, repr=False)
    """Bob's session of the role, where he got one."""

    def with_role(self, assumed: "Assumed") -> "Scene":
        """Return the same scene with the role as Bob got it."""
        return replace(self, session=assumed.keys)

    def ask(self, line: Line) -> Answer:
        """Make the line's call for real and return the answer."""
        if line.operation is Operation.ASSUME_BY_CLI:
            return assume_by_cli(self.sandbox, self.role_arn, line.who).answer
        who = self._caller(line)
        if who is None:
            return NO_ROLE
        if line.operation is Operation.ASSUME:
            return assume(who, self.role_arn).answer
        s3, bucket, key = who.s3(), self.bucket, line.key
        calls: dict[Operation, Callable[[], Mapping[str, Any]]] = {  # Any: only the status is looked at
            Operation.GET: lambda: s3.get_object(Bucket=bucket, Key=key),
            Operation.PUT: lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"written in the sandbox"),
            Operation.DELETE: lambda: s3.delete_object(Bucket=bucket, Key=key),
            Operation.LIST: lambda: s3.list_objects_v2(Bucket=bucket),
        }
        return _answered(calls[line.operation])[0]

    def _caller(self, line: Line) -> Caller | None:
        """Return who makes the line's call, or `None` where it needs the role and Bob did not get it."""
        plain = line.way is Way.PLAIN
        if not line.in_role:
            who = caller(self.sandbox.cloud, line.who, plain=plain)
        elif self.session is not None:
            who = Caller(cloud=self.sandbox.cloud, keys=self.session, plain=plain)
        else:
            return None
        if line.way is not Way.FORGED:
            return who
        # Someone who saw the access key's id, but does not know its secret.
        return replace(who, keys=replace(who.keys, secret_access_key=secrets.token_urlsafe(30)))


def assume(who: Caller, role_arn: str) -> Assumed:
    """Assume the role by boto3."""
    answer, given = _answered(lambda: who.sts().assume_role(RoleArn=role_arn, RoleSessionName=SESSION_NAME))
    return Assumed(answer=answer, keys=_keys(given["Credentials"]) if answer.granted else None)


def assume_by_cli(sandbox: Sandbox, role_arn: str, person: str) -> Assumed:
    """Assume the role as people do by hand: with the AWS CLI and their profile."""
    ended = sandbox.aws(
        *("sts", "assume-role", "--role-arn", role_arn),
        *("--role-session-name", SESSION_NAME, "--profile", person, "--output", "json"),
    )
    if ended.status != 0:
        return Assumed(answer=Answer(code=_cli_code(ended)))
    return Assumed(answer=Answer(code=OK), keys=_keys(json.loads(ended.out)["Credentials"]))


def _answered(
    call: Callable[[], Mapping[str, Any]],  # Any: boto3's answers differ by call
) -> tuple[Answer, Mapping[str, Any]]:
    """Make a boto3 call; return what AWS answered, and what it gave.

    A call that reaches no AWS is an answer too: it is not the expected one.
    """
    try:
        given = call()
    except ClientError as refusal:
        status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        return Answer(code=refusal.response["Error"]["Code"], status=status), {}
    except BotoCoreError as fault:
        return Answer(code=type(fault).__name__), {}
    return Answer(code=OK, status=given["ResponseMetadata"]["HTTPStatusCode"]), given


def _keys(credentials: Mapping[str, Any]) -> Keys:  # Any: an expiry date is among them
    return Keys(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )


def _cli_code(ended: Finished) -> str:
    """Return AWS's error code out of what the AWS CLI says, or the last line of it."""
    match = re.search(r"An error occurred \((\w+)\)", ended.err)
    if match:
        return match.group(1)
    return (ended.text.strip().splitlines() or [f"exit status {ended.status}"])[-1]
