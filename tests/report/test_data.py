"""The JSON of a comparison is what its page says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossaccess.compare.change import Comparison, Example
from crossaccess.report.diff.data import VERSION, render
from crossaccess.report.plain_data import compact, plain
from tests.support.comparisons import EVERY_KIND, NOTHING, hostile

_PAGE = (Path(__file__).parents[2] / "docs" / "diff-json.md").read_text(encoding="utf-8")
# What is inside of a request is what `crossaccess decide` takes.
_NOT_OURS = "changes[].examples[].request"


def paths(value: object, path: str = "") -> Iterator[str]:
    """The path of each key that stands for a text, a number, a list or nothing."""
    if path == _NOT_OURS:
        yield path
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from paths(entry, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        yield path
        for entry in value:
            if isinstance(entry, dict):
                yield from paths(entry, f"{path}[]")
    else:
        yield path


def test_the_page_names_every_key_and_no_other() -> None:
    """In the order in which they come."""
    documented = re.findall(r"^\| `([^`]+)` \|", _PAGE, re.MULTILINE)
    written = list(dict.fromkeys(paths(json.loads(render(EVERY_KIND)))))
    first = dict.fromkeys(re.split(r"[.\[]", name)[0] for name in documented)
    assert sorted(documented) == sorted(written)
    assert list(first) == list(json.loads(render(EVERY_KIND)))
    assert f"| `version` | `{VERSION}` |" in _PAGE


def test_every_key_is_there_whatever_was_found() -> None:
    """A program need not ask whether a key exists."""
    full = json.loads(render(EVERY_KIND))
    empty = json.loads(render(NOTHING))
    assert list(empty) == list(full)
    assert empty["changes"] == []
    assert len({tuple(change) for change in full["changes"]}) == 1


def test_a_document_without_a_date_says_null() -> None:
    """An empty text would look like a date that got lost."""
    assert json.loads(render(Comparison()))["actionsAsOf"] is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": (1, 2), "a": None}, {"a": None, "b": [1, 2]}),
        ({"set": frozenset({"b", "a"})}, {"set": ["a", "b"]}),
        ({"deep": [{"z": True, "y": {"x": "1"}}]}, {"deep": [{"y": {"x": "1"}, "z": True}]}),
        (float("nan"), "nan"),
        (b"raw", "b'raw'"),
    ],
)
def test_a_value_becomes_json_that_is_the_same_every_time(value: object, expected: object) -> None:
    """Keys are sorted at every level, and what JSON does not know is text."""
    assert plain(value) == expected
    assert compact(value) == json.dumps(expected)


def test_json_on_one_line_is_printable() -> None:
    """The one control character that JSON itself would leave is escaped too."""
    example = Example(request={"resource": "a\x7f\x1b\n"}, old="", new="")
    assert compact(example.request) == '{"resource": "a\\u007f\\u001b\\n"}'
    assert render(hostile(["\x7f"])).replace("\n", "").isprintable()
