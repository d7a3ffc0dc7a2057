"""Managed policies: those that a stack holds, and those that it only names by their ARN."""

from dataclasses import replace

from crossaccess.deployment.accounts import Accounts
from crossaccess.deployment.picture import Policy
from crossaccess.deployment.resources import Resource, Snapshot
from crossaccess.deployment.types import POLICY
from crossaccess.deployment.values import NOT_KNOWN, policy_of, text_of
from crossaccess.policy.arn import parse_arn

ELSEWHERE = "it is a policy that no stack here holds"
OF_AWS = "it is a policy of AWS, which no stack holds"


class ManagedPolicies:
    """The managed policies of a snapshot, by ARN and by what holds them."""

    def __init__(self, snapshot: Snapshot, accounts: Accounts) -> None:
        self._accounts = accounts
        self._by_urn = {one.urn: one for one in snapshot.resources if one.type == POLICY}
        self._by_arn = {arn: one for one in self._by_urn.values() if (arn := self.arn(one)) is not None}

    def arn(self, resource: Resource) -> str | None:
        """The ARN of a policy, out of its parts where AWS has not given it yet."""
        told, name = resource.text("arn"), resource.text("name")
        account, partition = self._accounts.of(resource)
        if told is not None or name is None or account is None:
            return told
        return f"arn:{partition}:iam::{account}:policy{resource.text('path') or '/'}{name}"

    def of(self, resource: Resource, *, whose: str) -> Policy:
        """The policy that a resource holds, as the one of a principal."""
        name = resource.text("name") or resource.name
        return policy_of(
            resource.values.get("policy"),
            name=f"policy {name} of {whose}",
            source=resource.urn,
            arn=self.arn(resource),
        )

    def attached(self, by: Resource, property_name: str, arn: object, *, whose: str) -> Policy:
        """The policy that a resource attaches to somebody by its ARN, known or not."""
        text = text_of(arn)
        held = self._held(by, property_name, text)
        if held is not None:
            return self.of(held, whose=whose)
        if text is None:
            return Policy(name=f"policy ({by.name}) of {whose}", unknown=NOT_KNOWN, source=by.urn)
        parsed = parse_arn(text)
        name = text.rpartition("/")[2]
        reason = OF_AWS if parsed is not None and parsed.account == "aws" else ELSEWHERE
        return Policy(name=f"policy {name} of {whose}", unknown=reason, arn=text, source=by.urn)

    def named(self, by: Resource, property_name: str, arn: object, *, label: str) -> Policy:
        """The policy that a resource takes by its ARN, under a name of its own."""
        return replace(self.attached(by, property_name, arn, whose=""), name=label)

    def _held(self, by: Resource, property_name: str, arn: str | None) -> Resource | None:
        if arn is not None:
            return self._by_arn.get(arn)
        makers = [self._by_urn[urn] for urn in by.sources.get(property_name, ()) if urn in self._by_urn]
        return makers[0] if len(makers) == 1 else None
