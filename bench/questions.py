"""What a user waits for who asks about deployed stacks: one pair of them, and very many grants."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import many
from bench.commands import row
from bench.measure import Measured

_STACKS = Path(__file__).parent.parent / "tests" / "previews"
_PAIR = tuple(str(_STACKS / f"{name}.state.json") for name in ("account-a", "account-b"))
_ASKED = ("user/bob", "s3:GetObject", "s3://shared-111111222222/reports/2026/a")
_PAIR_SECONDS = 0.4
_MANY_SECONDS = 2.0


def questions() -> Iterator[Measured]:
    """`explain` and `who`, on the saved states of the usual pair, and on those of a thousand grants."""
    yield row("explain, the usual pair of stacks", ["explain", *_ASKED, *_PAIR], wanted=_PAIR_SECONDS)
    yield row("who, the usual pair of stacks", ["who", *_PAIR], wanted=_PAIR_SECONDS)
    with tempfile.TemporaryDirectory() as name:
        states = [str(path) for path in many.write_states(Path(name))]
        size = f"{many.GRANTS:,} grants"
        yield row(f"explain, {size}", ["explain", *many.ASKED, *states], wanted=_MANY_SECONDS)
        yield row(f"who, {size}", ["who", *states], wanted=_MANY_SECONDS)
