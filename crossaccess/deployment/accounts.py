"""Whose a resource is: the account, the partition and the Region, as far as a stack tells.

All resources of one provider are of one account. Who tells it, in this order: the ARNs that AWS gave to the
provider's resources; the only account that the provider's config allows; the role that it assumes; policies
that it attaches or takes for boundaries, which are of the account itself or of AWS; a handover.
"""

from collections.abc import Iterable, Iterator, Mapping

from crossaccess.deployment.grants import handovers
from crossaccess.deployment.resources import Resource, Snapshot
from crossaccess.deployment.values import mapping_of, text_of, texts_of
from crossaccess.policy.arn import Arn, is_account_id, parse_arn
from crossaccess.policy.document import PolicyError, load_json

_PROVIDER = "pulumi:providers:aws"
_OWN = frozenset({"iam", "kms"})
_NEIGHBOURS = ("policyArn", "permissionsBoundary")
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "eusc": "aws-eusc"}
_DEFAULT = "::default"


class Accounts:
    """Answers for the resources of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._found: dict[str | None, tuple[str | None, str]] = {}

    def of(self, resource: Resource) -> tuple[str | None, str]:
        """The account, `None` where nobody tells it, and the partition."""
        arn = own_arn(resource)
        if arn is not None:
            return arn.account, arn.partition
        told = resource.text("account")
        if resource.provider not in self._found:
            self._found[resource.provider] = self._of_provider(resource.provider)
        account, partition = self._found[resource.provider]
        return (told if told is not None and is_account_id(told) else account), partition

    def region(self, resource: Resource) -> str | None:
        """The Region; `None` where nobody tells it."""
        arn = own_arn(resource)
        if arn is not None and arn.region:
            return arn.region
        return resource.text("region") or self._setting(resource.provider, "region")

    def _of_provider(self, provider: str | None) -> tuple[str | None, str]:
        own = [one for one in self._snapshot.resources if one.provider == provider]
        tellers: tuple[Iterable[tuple[str, str | None]], ...] = (
            ((arn.account, arn.partition) for one in own if (arn := own_arn(one)) is not None),
            self._configured(provider),
            self._neighbours(own),
            self._handed(),
        )
        told = next((said for teller in tellers if (said := list(teller))), [])
        accounts = {account for account, _ in told}
        partitions = {partition for _, partition in told if partition is not None}
        return (
            accounts.pop() if len(accounts) == 1 else None,
            partitions.pop() if len(partitions) == 1 else self._partition(provider),
        )

    def _configured(self, provider: str | None) -> Iterator[tuple[str, str | None]]:
        """The only account that the provider's config allows; else that of the role that it assumes."""
        allowed = set(texts_of(_listed(self._raw_setting(provider, "allowedAccountIds"))))
        if len(allowed) == 1 and is_account_id(account := allowed.pop()):
            yield account, None
            return
        roles = _listed(self._raw_setting(provider, "assumeRoles"))
        last = roles[-1] if roles else _parsed(self._raw_setting(provider, "assumeRole"))
        arn = parse_arn(text_of(mapping_of(last).get("roleArn")) or "")
        if arn is not None and is_account_id(arn.account):
            yield arn.account, arn.partition

    def _neighbours(self, own: Iterable[Resource]) -> Iterator[tuple[str, str | None]]:
        for one in own:
            for name in _NEIGHBOURS:
                arn = parse_arn(one.text(name) or "")
                if arn is not None and arn.service == "iam" and is_account_id(arn.account):
                    yield arn.account, arn.partition

    def _handed(self) -> Iterator[tuple[str, str | None]]:
        return ((handed.account, handed.partition) for handed in handovers(self._snapshot.outputs))

    def _partition(self, provider: str | None) -> str:
        region = self._setting(provider, "region") or ""
        return next((name for start, name in _PARTITIONS.items() if region.startswith(f"{start}-")), "aws")

    def _setting(self, provider: str | None, name: str) -> str | None:
        return text_of(self._raw_setting(provider, name))

    def _raw_setting(self, provider: str | None, name: str) -> object:
        """What the provider is configured with: in the state, or by the stack's config for a default one."""
        made: Mapping[str, object] = next(
            (one.values for one in self._snapshot.resources if one.urn == provider and one.type == _PROVIDER),
            {},
        )
        if name in made:
            return made[name]
        by_default = provider is None or _DEFAULT in provider
        return mapping_of(self._snapshot.config).get(f"aws:{name}") if by_default else None


def own_arn(resource: Resource) -> Arn | None:
    """The ARN that AWS gave to a resource whose ARN says the account."""
    arn = parse_arn(resource.text("arn") or "")
    return arn if arn is not None and arn.service in _OWN and is_account_id(arn.account) else None


def _parsed(value: object) -> object:
    """A provider's structured setting, which the engine writes as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return load_json(value)
    except PolicyError:
        return None


def _listed(value: object) -> list[object]:
    parsed = _parsed(value)
    return parsed if isinstance(parsed, list) else []
