"""The policy of an adopted bucket, as a resource that takes away no more than it brought.

An `aws.s3.BucketPolicy` owns the whole policy: deleting it deletes what others wrote. This one reads the
policy right before it writes, stops where others have changed their part, and takes out our statements alone.
The engine runs it in a process of its own, which finds this class by its module's name: nothing of its code
stands in the state.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime.rpc import UNKNOWN

from components.existing_s3 import (
    BucketAt,
    NoBucketError,
    S3RefusedError,
    by_profile_or_environment,
    delete_policy,
    get_policy,
    put_policy,
)
from crossaccess.policy.document import PolicyError
from crossaccess.policy.existing import (
    check_kept,
    our_sids,
    read_existing,
    same_foreign,
    same_ours,
    same_policy,
    without_sids,
)
from crossaccess.policy.faults import Faults, listed
from crossaccess.policy.grant import SID_PREFIX

_PLACE = ("bucket", "account")
_WAY = ("region", "profile")
_INPUTS = (*_PLACE, *_WAY, "policy")

Props = dict[str, Any]  # Any: how Pulumi hands over properties


class ExistingPolicyProvider(ResourceProvider):
    """Writes our statements into the policy of a bucket that others write into as well."""

    # There is nothing in it that is secret, nor anything but the name of this class.
    serialize_as_secret_always = False

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Refuse what would be refused later, while that can still be said without a traceback."""
        failures = []
        if not _is_unknown(news):
            try:
                same = _olds.get("bucket") == news["bucket"]
                _check_unchanged(news, written=_olds.get("policy") if same else None)
            except (S3RefusedError, PolicyError) as error:
                failures.append(CheckFailure("policy", _worded(error, news)))
        return CheckResult(news, failures)

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """A change is what changes the bucket: compared is its policy there, not what we wrote last."""
        replaces = [name for name in _PLACE if _olds.get(name) != _news.get(name)]
        way = any(_olds.get(name) != _news.get(name) for name in _WAY)
        if replaces or way or _is_unknown(_news):
            return DiffResult(changes=True, replaces=replaces)
        with _told(_news):
            return DiffResult(changes=not same_policy(get_policy(_at(_news)), _news["policy"]))

    def create(self, props: Props) -> CreateResult:
        """Put our statements beside those of others."""
        return CreateResult(props["bucket"], _written(props, before=None))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Put our new statements in the place of our old ones."""
        return UpdateResult(_written(_news, before=_olds["policy"]))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Tell the policy as it is. Where nothing of ours is in it, this resource is gone.

        Statements with Sids like ours that others wrote are left out: what stands here is what this resource
        may write over.
        """
        with _told(props):
            found = _policy_with_ours(by_profile_or_environment(_at(props)), props)
            others = set(our_sids(found)).difference(our_sids(props["policy"]))
            text = without_sids(found, others) if found is not None and others else found
            if text is None:
                return ReadResult("", {})
            kept = props["policy"] if same_policy(text, props["policy"]) else text
        inputs = {**_inputs(props), "policy": kept}
        return ReadResult(id_, dict(inputs), dict(inputs))

    def delete(self, _id: str, _props: Props) -> None:
        """Take out the statements that this resource wrote, and the policy where nothing else is in it."""
        with _told(_props):
            at = by_profile_or_environment(_at(_props))
            text = _policy_with_ours(at, _props)
            if text is None:
                return
            rest = without_sids(text, our_sids(_props["policy"]))
            if rest is None:
                delete_policy(at)
            else:
                _check_savable(at, text)
                put_policy(at, rest)


class ExistingPolicy(Resource, module="crossaccess", name="ExistingPolicy"):
    """Our statements in the policy of a bucket that this stack did not make.

    `policy` is the whole text, the foreign statements included (`crossaccess.policy.existing.merged`): what
    stands in it beside ours is what was seen when the program ran, and has to be the same when it is written.
    """

    bucket: pulumi.Output[str]
    """The bucket's name."""
    policy: pulumi.Output[str]
    """The bucket's whole policy."""

    def __init__(
        self,
        name: str,
        *,
        at: BucketAt,
        policy: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: Props = {
            "bucket": at.bucket,
            "account": at.account,
            "region": at.region,
            "profile": at.profile,
            "policy": policy,
        }
        super().__init__(ExistingPolicyProvider(), name, props, opts)


def _written(props: Props, *, before: str | None) -> Props:
    with _told(props):
        text = _check_unchanged(props, written=before)
        if not same_policy(text, props["policy"]):
            put_policy(_at(props), props["policy"])
    return _inputs(props)


def _policy_with_ours(at: BucketAt, props: Mapping[str, Any]) -> str | None:  # Any: as `Props`
    """The bucket's policy where it holds Sids that this resource wrote; `None` where not, or no bucket is."""
    try:
        text = get_policy(at)
    except NoBucketError:
        return None
    return text if set(our_sids(text)).intersection(our_sids(props["policy"])) else None


def _check_savable(at: BucketAt, text: str) -> None:
    faults = Faults()
    check_kept(read_existing(text), key=f"the policy of the bucket {at.bucket!r}", faults=faults)
    if faults:
        raise S3RefusedError(listed("Our statements cannot be taken out:", faults.all()))


def _check_unchanged(props: Mapping[str, Any], *, written: str | None) -> str | None:  # Any: as `Props`
    """The bucket's policy as it is now, which has to have the foreign part that the program saw.

    `written` is the policy that this resource wrote last, `None` where it wrote none. A Sid that begins as
    ours do and stands neither there nor in the new one is somebody else's, and is refused.
    Between this and the write that follows remains a moment in which others may write: S3 has no call that
    writes only where nothing has changed.
    """
    text = get_policy(_at(props))
    wanted = props["policy"]
    if not same_foreign(text, wanted):
        raise S3RefusedError(
            f"The policy of the bucket {props['bucket']!r} has changed since this program looked at it: "
            f"{_what_changed(wanted, text)}. Nothing was written. Run it again, so that what others wrote is "
            "kept."
        )
    others = _written_by_others(text, wanted, written)
    if others:
        raise S3RefusedError(
            f"The policy of the bucket {props['bucket']!r} holds statements with Sids that begin with "
            f"{SID_PREFIX}, which this stack did not write: {', '.join(others)}. Another stack has adopted "
            "the bucket, and a bucket is adopted by one; or another tool uses such Sids. Take the statements "
            "out of the policy if nobody needs them, or have them named otherwise."
        )
    return text


def _written_by_others(text: str | None, wanted: str, written: str | None) -> tuple[str, ...]:
    """The Sids like ours that this resource has no part in."""
    if written is None:
        return () if same_ours(text, wanted) else our_sids(text)
    known = {*our_sids(written), *our_sids(wanted)}
    return tuple(sid for sid in our_sids(text) if sid not in known)


def _what_changed(seen: str, now: str | None) -> str:
    before = {kept.label: kept.raw for kept in read_existing(seen).foreign}
    after = {kept.label: kept.raw for kept in read_existing(now).foreign}
    parts = (
        ("came", [label for label in after if label not in before]),
        ("went", [label for label in before if label not in after]),
        ("changed", [label for label in after if label in before and after[label] != before[label]]),
    )
    said = [f"{', '.join(labels)} {verb}" for verb, labels in parts if labels]
    return "; ".join(said) or "its Version or Id is another"


@contextmanager
def _told(props: Mapping[str, Any]) -> Iterator[None]:  # Any: as `Props`
    """Turn what went wrong into one message: the engine shows tracebacks, and a person reads this."""
    try:
        yield
    except (S3RefusedError, PolicyError) as error:
        sys.tracebacklimit = 0
        raise S3RefusedError(_worded(error, props)) from None


def _worded(error: S3RefusedError | PolicyError, props: Mapping[str, Any]) -> str:  # Any: as `Props`
    if isinstance(error, PolicyError):
        return f"The policy of the bucket {props['bucket']!r} cannot be read: {error}"
    return str(error)


def _at(props: Mapping[str, Any]) -> BucketAt:  # Any: as `Props`
    return BucketAt(
        bucket=props["bucket"],
        account=props["account"],
        region=props["region"],
        profile=props.get("profile"),
    )


def _inputs(props: Mapping[str, Any]) -> Props:  # Any: as `Props`
    return {name: props[name] for name in _INPUTS if props.get(name) is not None}


def _is_unknown(props: Mapping[str, Any]) -> bool:  # Any: as `Props`
    return any(props.get(name) == UNKNOWN for name in _INPUTS)
