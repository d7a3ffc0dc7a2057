"""Whether a bucket's policy would shut out the one who deploys it.

A deny that catches the deployer's own `s3:PutBucketPolicy` can be taken back by the account's root user only
(Amazon S3 API Reference, "PutBucketPolicy"). Of what this project writes itself, what cannot be
told counts as caught: better a deny too many refused than a bucket lost. What others wrote is in force
already, and has let the deployer read the policy: there only what surely catches is refused, and what may
catch is told.
"""

import re
from collections.abc import Iterable

from crossaccess.policy.deny_conditions import Holds
from crossaccess.policy.deployment import Deployer, holds, like, same
from crossaccess.policy.document import Document, Effect, PrincipalName, Statement
from crossaccess.policy.existing import Kept
from crossaccess.policy.faults import Faults

NEEDED = ("s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy")
"""What a deployment has to be able to do with the bucket's policy, to change it and to take it away."""

# In a deny, a variable may stand for anything.
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def locking_out(policy: Document, *, bucket_arn: str, deployer: Deployer) -> tuple[Statement, ...]:
    """The denies of a bucket's policy that catch, or may catch, the deployer's own access to that policy."""
    return tuple(one for one in policy.statements if catches(one, bucket_arn, deployer) is not Holds.NO)


def check_lockout(policy: Document, *, bucket_arn: str, deployer: Deployer, key: str, faults: Faults) -> None:
    """Note each deny that would lock the deployer out, or may."""
    for statement in locking_out(policy, bucket_arn=bucket_arn, deployer=deployer):
        found = f"has a deny ({statement.sid or 'without Sid'}) that would catch {deployer.arn}"
        mend = f"{_mend(statement)}: otherwise only the account's root user could change the policy again"
        faults.add(key, found, mend)


def check_foreign(
    foreign: Iterable[Kept], *, bucket_arn: str, deployer: Deployer, key: str, faults: Faults
) -> tuple[str, ...]:
    """Note each deny of others that surely catches the deployer; answer with sentences on those that may."""
    doubtful = []
    for kept in foreign:
        statement = kept.statement
        caught = catches(statement, bucket_arn, deployer)
        if caught is Holds.YES:
            faults.add(f"{key}: {kept.label}", f"is a deny that catches {deployer.arn}", _mend(statement))
        elif caught is Holds.MAYBE:
            keys = dict.fromkeys(
                one.key for one in statement.conditions if holds(one, deployer) is not Holds.YES
            )
            when = f", depending on {', '.join(keys)}" if keys else ""
            doubtful.append(
                f"{key[:1].upper()}{key[1:]}: {kept.label} is a deny that may catch {deployer.arn}{when}. It "
                "is in force already; where it does, this stack can be neither deployed nor destroyed, and "
                f"only the account's root user can change the policy. To be sure, {_mend(statement)}."
            )
    return tuple(doubtful)


def catches(statement: Statement, bucket_arn: str, deployer: Deployer) -> Holds:
    """Whether a statement denies the deployer something of what a deployment needs."""
    if statement.effect is not Effect.DENY or not _names_action(statement):
        return Holds.NO
    found = {
        _names_resource(statement, bucket_arn),
        _names(statement, deployer),
        *(holds(condition, deployer) for condition in statement.conditions),
    }
    if Holds.NO in found:
        return Holds.NO
    return Holds.MAYBE if Holds.MAYBE in found else Holds.YES


def _mend(statement: Statement) -> str:
    by_address = any(one.key.lower() == "aws:sourceip" for one in statement.conditions)
    known = ", or say in deployerAddresses from which addresses you deploy" if by_address else ""
    return (
        f"leave {', '.join(NEEDED)} out of it, or except the deploying principal by a condition on "
        f"aws:PrincipalArn{known}"
    )


def _names_action(statement: Statement) -> bool:
    if statement.actions is not None:
        return any(_like_any_case(statement.actions, action) for action in NEEDED)
    return any(not _like_any_case(statement.not_actions or (), action) for action in NEEDED)


def _names_resource(statement: Statement, bucket_arn: str) -> Holds:
    if statement.resources is not None:
        if any(like(pattern, bucket_arn) for pattern in statement.resources):
            return Holds.YES
        may = any(like(_VARIABLE.sub("*", pattern), bucket_arn) for pattern in statement.resources)
        return Holds.MAYBE if may else Holds.NO
    listed = statement.not_resources or ()
    if any(like(pattern, bucket_arn) for pattern in listed):
        return Holds.NO
    may = any(like(_VARIABLE.sub("*", pattern), bucket_arn) for pattern in listed)
    return Holds.MAYBE if may else Holds.YES


def _names(statement: Statement, deployer: Deployer) -> Holds:
    if statement.principals is None:
        return _is_not_spared({one.value for one in statement.not_principals or ()}, deployer)
    found = {_is_named(one, deployer) for one in statement.principals}
    return Holds.YES if Holds.YES in found else Holds.MAYBE if Holds.MAYBE in found else Holds.NO


def _is_named(name: PrincipalName, deployer: Deployer) -> Holds:
    if name.type == "CanonicalUser" or (name.type == "Federated" and deployer.role is not None):
        return Holds.MAYBE
    if name.type not in ("*", "AWS"):
        return Holds.NO
    if name.value in ("*", deployer.arn, *_account(deployer)):
        return Holds.YES
    return deployer.is_named_by(name.value, same)


def _is_not_spared(names: set[str], deployer: Deployer) -> Holds:
    """NotPrincipal spares only whom it names in every form.

    That is the account and the principal, and of a role's session the role as well (IAM User Guide, "AWS JSON
    policy elements: NotPrincipal").
    """
    if "*" in names:
        return Holds.NO
    role = {deployer.is_named_by(name, same) for name in names}
    forms = [deployer.arn in names, not names.isdisjoint(_account(deployer))]
    if deployer.role is not None:
        forms.append(Holds.YES in role)
    if all(forms):
        return Holds.NO
    return Holds.MAYBE if any(forms) or Holds.MAYBE in role else Holds.YES


def _account(deployer: Deployer) -> tuple[str, str]:
    """The forms in which a principal names a whole account."""
    return deployer.account, f"arn:{deployer.partition}:iam::{deployer.account}:root"


def _like_any_case(patterns: Iterable[str], action: str) -> bool:
    return any(like(pattern.lower(), action.lower()) for pattern in patterns)
