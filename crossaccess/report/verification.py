"""A verification, as a table for people and as JSON for programs."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from crossaccess.report.plain_data import indented
from crossaccess.report.safe import visible
from crossaccess.verify.judging import Left, Outcome, Verdict, Verification

VERSION = 1
"""Counted up where a key goes away or changes its meaning; new keys may come without it."""

_SIGNS = {Verdict.AGREES: "ok", Verdict.DIFFERS: "DIFFERS", Verdict.UNTOLD: "?"}
_COLOURS = {Verdict.AGREES: "green", Verdict.DIFFERS: "bold red", Verdict.UNTOLD: "yellow"}
_HEADINGS = ("grant", "by", "call", "under", "shows", "expected", "AWS", "")
_WIDE = 200
"""Columns of a table where nobody looks at columns."""


def render(verification: Verification, form: str, *, stream: TextIO | None = None) -> str:
    """A verification as `text` or `json`, with a line feed at its end; for a stream in its colours."""
    return _json(verification) if form == "json" else _text(verification, stream)


def _text(verification: Verification, stream: TextIO | None) -> str:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - JSON needs none of it
    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    wide = stream is None or not stream.isatty()
    console = Console(file=stream, highlight=False, markup=False, emoji=False, width=_WIDE if wide else None)
    table = Table(box=SIMPLE_HEAD, header_style="dim")
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold")
    for one in verification.outcomes:
        colour = _COLOURS[one.verdict]
        cells = [Text(cell) for cell in _cells(one)]
        table.add_row(*cells, Text(_SIGNS[one.verdict], style=colour))
    with console.capture() as captured:
        console.print(f"As {visible(verification.caller)}")
        console.print(table)
        for line in _told(verification):
            console.print(Text(line), soft_wrap=True)
    shown = captured.get()
    return "".join(f"{line.rstrip()}\n" for line in shown.splitlines())


def _cells(one: Outcome) -> tuple[str, ...]:
    line = one.line
    place = line.place or "(the whole bucket)"
    return (
        visible(line.grant),
        line.by.value,
        line.asked,
        visible(place.rpartition("/")[2] if place.startswith("arn:") else place),
        line.aim.value,
        one.expected.decision.value,
        visible(str(one.answer)),
    )


def _told(verification: Verification) -> Iterator[str]:
    """What is to be said of single lines, of what is left, and of all together."""
    for one in verification.outcomes:
        if one.verdict is Verdict.DIFFERS:
            yield f"DIFFERS: {_called(one)}"
            yield f"  ours: {one.expected.decision.value}"
            yield from (f"    {visible(reason)}" for reason in one.expected.reasons)
            yield f"  AWS: {visible(str(one.answer))}"
            if one.answer.message:
                yield f"    {visible(one.answer.message)}"
        elif one.verdict is Verdict.UNTOLD:
            yield f"?: {_called(one)}: {visible(one.why_untold or '')}"
    for left in verification.left:
        yield f"left behind: {visible(_where(left))}: {visible(left.reason)}"
    if verification.left:
        yield (
            "  The owner can delete it, as --owner-profile does by itself; probeCleanup in the owner's stack "
            "has S3 do so after a day"
        )
    yield from (f"! {visible(note)}" for note in verification.notes)
    yield _summary(verification)


def _called(one: Outcome) -> str:
    line = one.line
    under = f" under {visible(line.place)}" if line.place else ""
    return f"{visible(line.grant)}, by {line.by.value}: {line.asked}{under}"


def _where(left: Left) -> str:
    version = f" version {left.version}" if left.version is not None else ""
    upload = f" upload {left.upload}" if left.upload is not None else ""
    return f"s3://{left.bucket}/{left.key}{version}{upload}"


def _summary(verification: Verification) -> str:
    counts = dict.fromkeys(Verdict, 0)
    for one in verification.outcomes:
        counts[one.verdict] += 1
    total = len(verification.outcomes)
    if verification.verdict is Verdict.AGREES:
        return f"AWS and the stacks agree on all of {total} lines"
    return (
        f"of {total} lines {counts[Verdict.AGREES]} agree, {counts[Verdict.DIFFERS]} differ and "
        f"{counts[Verdict.UNTOLD]} cannot be told"
    )


def _json(verification: Verification) -> str:
    data = {
        "version": VERSION,
        "result": verification.verdict.value,
        "caller": verification.caller,
        "lines": [_line(one) for one in verification.outcomes],
        "left": _left(verification.left),
        "notes": list(verification.notes),
    }
    return indented(data) + "\n"


def _line(one: Outcome) -> dict[str, object]:
    line, answer = one.line, one.answer
    return {
        "grant": line.grant,
        "bucket": line.bucket,
        "by": line.by.value,
        "call": line.asked,
        "under": line.place,
        "shows": line.aim.value,
        "expected": {"decision": one.expected.decision.value, "reasons": list(one.expected.reasons)},
        "answer": {
            "reply": answer.reply.value,
            "status": answer.status,
            "code": answer.code or None,
            "message": answer.message or None,
        },
        "verdict": one.verdict.value,
        "reason": one.why_untold,
        "tries": one.tries,
        "seconds": round(one.seconds, 3),
        "askedAgain": one.rechecked,
    }


def _left(lefts: Sequence[Left]) -> list[dict[str, object]]:
    return [
        {
            "bucket": one.bucket,
            "key": one.key,
            "version": one.version,
            "upload": one.upload,
            "reason": one.reason,
        }
        for one in lefts
    ]
