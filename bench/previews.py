"""How long a preview of the owner's stack takes, on the real engine, beside programs that do less."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.engine import Engine, Preview, Program, running_engine
from bench.errors import BenchError
from bench.measure import Measured
from bench.peer import peer

_ROUNDS = {1: 5, 10: 5, 100: 5, 1000: 1}
"""How often each number of grants is previewed. The largest takes so long that noise matters little."""
_EMPTY = Program(name="empty", file="empty.py")
_IN_POLICY = 100
_BESIDE_PEER = 100
_LINEAR = 1.25
"""How much more the last grant may cost than the first, for the measurement's own noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The median seconds of previews that were made in turn: ours, and what stands beside it.

    `plain` makes as many `resources` of the same types with constant inputs, `bare` as many components
    that no provider is asked about.
    """

    grants: int
    resources: int
    owner: float
    empty: float
    plain: float
    bare: float

    @property
    def most(self) -> float:
        """What ours may take: twice the empty program, and what so many plain resources add to one."""
        return 2 * self.empty + (self.plain - self.empty)


def previews() -> Iterator[Measured]:
    """Preview each number of grants; the growth between them; then the peer."""
    with tempfile.TemporaryDirectory() as folder, running_engine(Path(folder)) as engine:
        engine.add(_EMPTY)
        _warm_up(engine)
        sizes = {}
        for grants, rounds in _ROUNDS.items():
            sizes[grants] = _take(engine, "assume-role", grants, rounds=rounds)
            yield _row("assume-role", sizes[grants])
        yield _growth(sizes[10], sizes[100], sizes[1000])
        yield _in_policy(engine)
        beside_peer = _owner("assume-role", _BESIDE_PEER)
        yield peer(lambda: engine.preview(beside_peer), lambda: engine.preview(_EMPTY))


def _owner(method: str, grants: int) -> Program:
    config = {"bench:method": method, "bench:grants": grants}
    return Program(name=f"{method}-{grants}", file="owner.py", config=config)


def _warm_up(engine: Engine) -> None:
    """Let Python keep its bytecode and the machine its files, so that the first round is like the others."""
    program = Program(name="warm-up", file="owner.py", config=_owner("assume-role", 1).config)
    engine.add(program)
    engine.preview(program)


def _take(engine: Engine, method: str, grants: int, *, rounds: int) -> Size:
    """Preview ours and the others in turn, so that whatever else the machine does slows all of them."""
    owner = _owner(method, grants)
    engine.add(owner)
    first = engine.preview(owner)
    plain, bare = (
        Program(name=f"{owner.name}-{kind}", file=f"{kind}.py", config={"bench:resources": first.resources})
        for kind in ("plain", "bare")
    )
    engine.add(plain)
    engine.add(bare)
    found: dict[str, list[Preview]] = {owner.name: [first]}
    for number in range(rounds):
        # The first one of ours is there already.
        turn = (_EMPTY, plain, bare) if number == 0 else (owner, _EMPTY, plain, bare)
        for program in turn:
            found.setdefault(program.name, []).append(engine.preview(program))
    for program in (plain, bare):
        if found[program.name][0].resources != first.resources:
            raise BenchError(f"{program.name} does not make the {first.resources} resources of ours")
    of = {name: median(one.seconds for one in all_of_it) for name, all_of_it in found.items()}
    return Size(
        grants=grants,
        resources=first.resources,
        owner=of[owner.name],
        empty=of[_EMPTY.name],
        plain=of[plain.name],
        bare=of[bare.name],
    )


def _row(method: str, size: Size) -> Measured:
    plain, bare = size.plain - size.empty, size.bare - size.empty
    return Measured(
        what=f"preview of {size.grants:,} {method} grants",
        value=f"{size.owner:.2f} s, {size.owner / size.empty:.1f} times an empty program",
        beside=(
            f"empty {size.empty:.2f} s; {size.resources:,} plain resources {plain:+.2f} s, "
            f"so that ours adds {size.owner - size.plain:+.2f} s; as many bare components {bare:+.2f} s"
        ),
        wanted=f"twice the empty one and the plain resources: {size.most:.2f} s",
        ok=size.owner <= size.most,
    )


def _growth(small: Size, middle: Size, large: Size) -> Measured:
    """What one more grant costs, early and late: linear where it stays the same."""
    early, late = _each(small, middle, of="owner"), _each(middle, large, of="owner")
    plain_early, plain_late = _each(small, middle, of="plain"), _each(middle, large, of="plain")
    what = f"one more assume-role grant, up to {middle.grants:,} and up to {large.grants:,}"
    if min(early, plain_early) <= 0:
        beside = "the machine does too much else: a smaller stack took longer than a larger one"
        return Measured(what=what, value="not measured", beside=beside, wanted="linear", ok=None)
    ours, plain = late / early, plain_late / plain_early
    most = _LINEAR * max(1, plain)
    return Measured(
        what=what,
        value=f"{early * 1000:.1f} ms, then {late * 1000:.1f} ms: {ours:.2f} times",
        beside=(
            f"its plain resources {plain_early * 1000:.1f} ms, then {plain_late * 1000:.1f} ms: "
            f"{plain:.2f} times"
        ),
        wanted=f"linear, or as near to it as plain resources: {most:.2f} times",
        ok=ours <= most,
    )


def _each(fewer: Size, more: Size, *, of: str) -> float:
    """The seconds that each grant adds between two sizes."""
    seconds = {"owner": more.owner - fewer.owner, "plain": more.plain - fewer.plain}
    return seconds[of] / (more.grants - fewer.grants)


def _in_policy(engine: Engine) -> Measured:
    """Grants that differ in their prefix or their principal alone, all of them in the bucket's policy."""
    try:
        size = _take(engine, "bucket-policy", _IN_POLICY, rounds=_ROUNDS[_IN_POLICY])
    except BenchError as refused:
        return Measured(
            what=f"preview of {_IN_POLICY:,} bucket-policy grants",
            value="none",
            beside=str(refused),
            wanted="a preview",
            ok=False,
        )
    return _row("bucket-policy", size)
