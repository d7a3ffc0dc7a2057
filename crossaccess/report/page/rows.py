"""The order of what is drawn: what leads to the same place stands together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crossaccess.report.page.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A bucket, and the flows into it in the order of their rows; all of them places in the scene."""

    store: int
    flows: tuple[int, ...]


def shelves_of(scene: Scene, account: int) -> tuple[Shelf, ...]:
    """The buckets of an account; what comes by its policy first, then what comes through each role."""
    return tuple(
        Shelf(store=index, flows=_flows_into(scene, index))
        for index, store in enumerate(scene.stores)
        if store.account == account
    )


def owners(scene: Scene) -> tuple[int, ...]:
    """The accounts that hold buckets."""
    return tuple(sorted({store.account for store in scene.stores}))


def requesters(scene: Scene, flows: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The accounts with principals, and these; those first whose `flows` stand highest on average."""
    rows: dict[int, list[int]] = {index: [] for index in range(len(scene.actors))}
    for row, flow in enumerate(flows):
        for actor in scene.flows[flow].actors:
            rows[actor].append(row)

    def height(actor: int) -> float:
        # Those for whom there is no room stand last.
        if scene.actors[actor].more or not rows[actor]:
            return float("inf")
        return sum(rows[actor]) / len(rows[actor])

    ordered = sorted(rows, key=height)
    for account in dict.fromkeys(scene.actors[actor].account for actor in ordered):
        yield account, tuple(actor for actor in ordered if scene.actors[actor].account == account)


def _flows_into(scene: Scene, store: int) -> tuple[int, ...]:
    listed = [index for index, flow in enumerate(scene.flows) if flow.store == store]
    roles = {index: scene.flows[index].role for index in listed}
    return tuple(sorted(listed, key=lambda index: -1 if roles[index] is None else roles[index] or 0))
