"""What a request says of itself: what somebody told of it, and what is taken for granted.

A key of which nobody said anything is unknown, never absent, but for those that a caller puts into the
request itself: headers and parameters that nobody mentions are not sent.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final

from crossaccess.decide import CompiledDocument
from crossaccess.deployment.errors import SourceError
from crossaccess.explain.hints import COMMAND_LINE, Hints

_KEY: Final = re.compile(r"[A-Za-z0-9-]+:\S+", re.ASCII)
_VARIABLE: Final = re.compile(r"\$\{([^},]+)")
# Service Authorization Reference, the condition keys of S3, STS and KMS that hold what a caller sends; IAM
# User Guide, "AWS global condition context keys": `aws:Source…` are those of calls that AWS services make.
_SENT: Final = (
    "aws:calledvia",
    "aws:requesttag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorg",
    "aws:tagkeys",
    "s3:accessgrantsinstancearn",
    "s3:accesspoint",
    "s3:dataaccesspoint",
    "s3:delimiter",
    "s3:if-",
    "s3:inventoryaccessibleoptionalfields",
    "s3:locationconstraint",
    "s3:max-keys",
    "s3:object-lock-",
    "s3:prefix",
    "s3:requestobjecttag",
    "s3:versionid",
    "s3:x-amz-",
    "sts:durationseconds",
    "sts:externalid",
    "sts:sourceidentity",
    "sts:transitivetagkeys",
)
_OF_PRINCIPAL: Final = frozenset(
    {"aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:username"}
)
_OF_CALLER: Final = (
    "aws:principaltag/",
    "aws:principalorg",
    "aws:userid",
    "aws:multifactorauth",
    "aws:ssoinst",
)
_ADDRESS: Final = ("aws:sourceip",)
_ENDPOINT: Final = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")

Values = Mapping[str, Sequence[str]]


class Scene(Enum):
    """Who makes a request, as far as what was told about the principal and the network still counts."""

    ASKED = "the request that was asked about, by the principal itself"
    ASSUMING = "the principal assumes a role on the way"
    IN_ROLE = "the role's session asks"
    BY_S3 = "S3 asks KMS, for the principal"
    BY_S3_IN_ROLE = "S3 asks KMS, for the role's session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What somebody told (`told`, by key in lower case; no values: the key is not there), and when it is.

    `hints` are the words in which they are told how to say more.
    """

    now: dt.datetime
    told: Values = field(default_factory=dict)
    hints: Hints = COMMAND_LINE

    def of(self, scene: Scene, documents: Iterable[CompiledDocument], more: Values | None = None) -> Values:
        """The condition keys of one request, as the decision core takes them.

        `more` is what follows from the way; `documents` are the policies, whose keys are looked at.
        """
        told = {key: values for key, values in self.told.items() if _counts(key, scene, values)}
        values: dict[str, Sequence[str]] = {**self.usual()}
        if scene in (Scene.BY_S3, Scene.BY_S3_IN_ROLE):
            # IAM User Guide, "Forward access sessions": S3 calls in the caller's name; which of the keys of
            # that chain it fills in no page says.
            values = {key: one for key, one in values.items() if not key.startswith("aws:Via")}
            values["kms:GrantIsForAWSResource"] = ()
        elif told.get("aws:sourceip"):
            # The same page as above: a request has an address, or comes through an endpoint.
            values |= dict.fromkeys(_ENDPOINT, ())
        elif told.get("aws:sourcevpce"):
            values |= dict.fromkeys(_ADDRESS, ())
        if scene is Scene.IN_ROLE:
            # IAM User Guide, "Secure API access with MFA": a role's session does not tell of it.
            values |= {"aws:MultiFactorAuthPresent": (), "aws:MultiFactorAuthAge": ()}
        for document in documents:
            values |= dict.fromkeys(_sent_in(document), ())
        values |= more or {}
        # Keys have no case: what was told takes the place of what is usual.
        kept = {key: one for key, one in values.items() if key.lower() not in told}
        return {key.lower(): one for key, one in {**kept, **told}.items()}

    def usual(self) -> dict[str, Sequence[str]]:
        """What every request is taken to hold, unless somebody says otherwise."""
        return {
            "aws:SecureTransport": ("true",),
            "aws:CurrentTime": (f"{self.now:%Y-%m-%dT%H:%M:%SZ}",),
            "aws:EpochTime": (str(int(self.now.timestamp())),),
            "aws:ViaAWSService": ("false",),
            "aws:PrincipalIsAWSService": ("false",),
        }

    @property
    def assumed(self) -> tuple[str, ...]:
        """The part of it that people ask about, as `KEY=VALUE`."""
        shown = ("aws:SecureTransport", "aws:CurrentTime")
        usual = self.usual()
        return tuple(f"{key}={usual[key][0]}" for key in shown if key.lower() not in self.told)


def read_told(listed: Sequence[str]) -> Values:
    """Read `KEY=VALUE`s: a key may come again, and `KEY=` says that it is not there. Raises `SourceError`."""
    told: dict[str, list[str]] = {}
    for one in listed:
        key, sign, value = one.partition("=")
        if not sign or not _KEY.fullmatch(key):
            raise SourceError(f"--context {one!r} is no KEY=VALUE, such as aws:SourceIp=203.0.113.7")
        values = told.setdefault(key, [])
        if value:
            values.append(value)
    return checked(told)


def checked(context: Values) -> Values:
    """What somebody told, as `Circumstances` take it: keys have no case. Raises `SourceError`."""
    told: dict[str, Sequence[str]] = {}
    for key, values in context.items():
        name = key.lower()
        if not _KEY.fullmatch(key):
            raise SourceError(f"the context's {key!r} is no condition key, such as aws:SourceIp")
        if name in _OF_PRINCIPAL:
            raise SourceError(f"the context's {key} follows from PRINCIPAL: give that as an ARN")
        if name == "s3:prefix":
            raise SourceError(f"the context's {key} follows from RESOURCE: give s3://BUCKET/PREFIX")
        told[name] = (*told.get(name, ()), *values)
    when = told.get("aws:currenttime", ())
    if when:
        told.setdefault("aws:epochtime", [str(int(_read_time(when[0]).timestamp()))])
    return told


def _read_time(text: str) -> dt.datetime:
    """Read a time as policies write it; without a zone it is UTC."""
    try:
        found = dt.datetime.fromisoformat(text)
        return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise SourceError(
            f"the context's aws:CurrentTime is {text}, which is no time such as 2027-01-31T00:00:00Z"
        ) from None


def _counts(key: str, scene: Scene, values: Sequence[str]) -> bool:
    """Whether what was told of a key is true of this request, too."""
    if scene in (Scene.IN_ROLE, Scene.BY_S3_IN_ROLE) and key.startswith(_OF_CALLER):
        return False
    if scene in (Scene.BY_S3, Scene.BY_S3_IN_ROLE):
        # KMS hears of neither: S3 makes the call (AWS KMS Developer Guide, "AWS global condition keys").
        return key not in (*_ADDRESS, *_ENDPOINT)
    # S3's endpoints and STS's are not the same ones.
    return scene is not Scene.ASSUMING or key not in _ENDPOINT or not values


@lru_cache(maxsize=4096)
def _sent_in(document: CompiledDocument) -> tuple[str, ...]:
    """The condition keys, in lower case, that a policy looks at and a caller sends."""
    names = (key.lower() for key in _keys_in(document))
    return tuple(dict.fromkeys(name for name in names if name.startswith(_SENT)))


def _keys_in(document: CompiledDocument) -> Iterable[str]:
    """The condition keys that a policy looks at, by condition or by variable."""
    for statement in document.source.statements:
        for condition in statement.conditions:
            yield condition.key
            for value in condition.values:
                yield from _VARIABLE.findall(value)
        for name in (*(statement.resources or ()), *(statement.not_resources or ())):
            yield from _VARIABLE.findall(name)
