"""What a profile for a grant's role says, and the command that does the same by hand.

AWS CLI User Guide, "Using an IAM role in the AWS CLI"; STS API Reference, "AssumeRole".
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crossaccess.deployment.errors import SourceError
from crossaccess.deployment.picture import Grant
from crossaccess.policy.arn import parse_arn
from crossaccess.policy.conditions import Conditions
from crossaccess.policy.faults import Faults, shown
from crossaccess.policy.fields import IAM_NAME, read_grant_name
from crossaccess.policy.grant import DEFAULT_SESSION, Method
from crossaccess.policy.grant_rules import CHAINED_SESSION

_SESSION = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_SOURCE = re.compile(r"[\w.@+=,:/-]{1,128}", re.ASCII)
_LONGEST = 43_200
_CHAINED = ("role/", "permission-set/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A grant's role and how to assume it. `only_by_hand` is why no profile can say it, where that is so."""

    name: str
    role_arn: str
    source_profile: str
    session_name: str
    external_id: str | None
    seconds: int
    conditions: Conditions

    @property
    def only_by_hand(self) -> str | None:
        """AWS's config file knows no setting for these."""
        if self.conditions.source_identity:
            return "a source identity"
        return "session tags" if self.conditions.session_tags else None

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """The settings, in order. The external id stands there only where the grant asks for one."""
        said = [
            ("role_arn", self.role_arn),
            ("source_profile", self.source_profile),
            ("role_session_name", self.session_name),
        ]
        if self.external_id is not None:
            said.append(("external_id", self.external_id))
        return (*said, ("duration_seconds", str(self.seconds)))

    @property
    def block(self) -> str:
        """The lines of AWS's config file."""
        return f"[profile {self.name}]\n" + "".join(f"{key} = {value}\n" for key, value in self.settings)

    @property
    def by_hand(self) -> str:
        """The command, quoted for a shell."""
        words = ["aws", "sts", "assume-role", "--role-arn", self.role_arn]
        words += ["--role-session-name", self.session_name, "--duration-seconds", str(self.seconds)]
        if self.external_id is not None:
            words += [f"--external-id={self.external_id}"]
        if self.conditions.source_identity:
            words += ["--source-identity", self.conditions.source_identity[0]]
        if self.conditions.session_tags:
            words += [
                "--tags",
                *(f"Key={key},Value={values[0]}" for key, values in self.conditions.session_tags),
            ]
        return shlex.join([*words, "--profile", self.source_profile])


def profiles_of(
    grants: Iterable[Grant], *, wanted: tuple[str, ...], source_profile: str, session_name: str | None
) -> Iterator[Profile]:
    """The profiles of role grants, all or those `wanted`. Raises `SourceError` for what AWS refuses."""
    roles = [one for one in grants if one.method == Method.ASSUME_ROLE]
    known = {one.name for one in roles}
    for name in wanted:
        if name not in known:
            told = ", ".join(sorted(known)) or "none is there"
            raise SourceError(f"no grant with a role has the name {name!r}; those that have one: {told}")
    if not _SOURCE.fullmatch(source_profile):
        raise SourceError(
            f"--source-profile {shown(source_profile)}: letters, digits and .@+=,:/_- make a name that every "
            "tool of AWS reads the same"
        )
    if session_name is not None and not _SESSION.fullmatch(session_name):
        raise SourceError(f"--session-name {shown(session_name)}: it is 2 to 64 letters, digits and +=,.@_-")
    taken: set[str] = set()
    for grant in roles:
        if wanted and grant.name not in wanted:
            continue
        if grant.name in taken:
            raise SourceError(f"two owners give a grant named {grant.name!r}: give the source of one of them")
        taken.add(grant.name)
        yield _profile(grant, source_profile, session_name)


def _profile(grant: Grant, source_profile: str, session_name: str | None) -> Profile:
    """What another account says is checked before it becomes a line of a file."""
    where = f"the grant {grant.name!r}"
    if read_grant_name(grant.name, "name", Faults()) is None:
        raise SourceError(f"{where} has no name that a grant can have: small letters, digits and hyphens")
    arn = parse_arn(grant.role_arn or "")
    right = (
        arn is not None
        and (arn.service, arn.region, arn.account, arn.partition) == ("iam", "", grant.owner, grant.partition)
        and arn.resource.startswith("role/")
        and IAM_NAME.fullmatch(arn.resource.removeprefix("role/"))
    )
    if not right:
        raise SourceError(f"{where}: its roleArn {shown(grant.role_arn)}: no role of account {grant.owner}")
    if grant.conditions is None:
        raise SourceError(f"{where} has conditions that cannot be right: ask its owner to deploy again")
    seconds = grant.session_seconds or DEFAULT_SESSION
    if not 900 <= seconds <= _LONGEST:
        raise SourceError(f"{where}: its session is {seconds}, and AWS takes 900 to {_LONGEST} seconds")
    if any(one.startswith(_CHAINED) for one in grant.principals):
        seconds = min(seconds, CHAINED_SESSION)
    return Profile(
        name=grant.name,
        role_arn=grant.role_arn or "",
        source_profile=source_profile,
        session_name=session_name or _session(grant),
        external_id=grant.conditions.external_id,
        seconds=seconds,
        conditions=grant.conditions,
    )


def _session(grant: Grant) -> str:
    """The user's name where the grant names one user alone, so that the owner's trail tells who it was."""
    user = grant.principals[0].rpartition("/")[2] if len(grant.principals) == 1 else ""
    of_user = grant.principals[:1] and grant.principals[0].startswith("user/")
    return user if of_user and _SESSION.fullmatch(user) else grant.name.ljust(2, "-")
