"""What handovers say of grants and buckets, in the outputs of an owner's stack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crossaccess.deployment.picture import Grant
from crossaccess.deployment.values import mapping_of, number_of, text_of, texts_of
from crossaccess.policy.arn import is_account_id
from crossaccess.policy.faults import Faults
from crossaccess.policy.grant import SID_PREFIX, statement_name
from crossaccess.policy.read_conditions import read_conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A handover: the bucket, its place, its key where the ARN names one, and the grants."""

    bucket: str
    account: str
    partition: str
    region: str | None
    key_arn: str | None
    grants: tuple[Grant, ...]


def handovers(outputs: Mapping[str, object]) -> Iterator[Handed]:
    """Find the handovers in a stack's outputs, by what they say rather than by the output's name."""
    for value in outputs.values():
        said = mapping_of(value)
        bucket = mapping_of(said.get("bucket"))
        name, account = text_of(bucket.get("name")), text_of(said.get("account"))
        grants = said.get("grants")
        if name is None or account is None or not is_account_id(account) or not isinstance(grants, list):
            continue
        partition = text_of(said.get("partition")) or "aws"
        key = text_of(bucket.get("keyArn"))
        yield Handed(
            bucket=name,
            account=account,
            partition=partition,
            region=text_of(said.get("region")),
            key_arn=key if key is not None and "*" not in key else None,
            grants=tuple(
                grant
                for one in grants
                if (grant := _grant(mapping_of(one), name, account, partition)) is not None
            ),
        )


def first_hand(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants, each once: of a bucket whose owner tells them, what others remember is left out."""
    listed = tuple(grants)
    told = {(one.owner, one.bucket) for one in listed if one.first_hand}
    kept = [one for one in listed if one.first_hand or (one.owner, one.bucket) not in told]
    return tuple({(one.owner, one.bucket, one.name): one for one in reversed(kept)}.values())[::-1]


def _grant(said: Mapping[str, object], bucket: str, owner: str, partition: str) -> Grant | None:
    name = text_of(said.get("name"))
    if name is None:
        return None
    return Grant(
        name=name,
        bucket=bucket,
        owner=owner,
        partition=partition,
        account=text_of(said.get("account")),
        principals=texts_of(said.get("principals")),
        method=text_of(said.get("method")) or "",
        actions=texts_of(said.get("actions")),
        prefixes=texts_of(said.get("prefixes")),
        role_arn=text_of(said.get("roleArn")),
        conditions=read_conditions(said.get("conditions"), "conditions", Faults()),
        session_seconds=number_of(said.get("session")),
        sid=f"{SID_PREFIX}{statement_name(name)}",
    )
