"""The formats of a comparison by name. Each is imported when it is used: `rich` and `jinja2` take time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, TextIO, TypeAlias

from crossaccess.compare.change import Comparison
from crossaccess.report.diff.about import CHANGE, About


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a format may heed: `verbose` leaves nothing out; `stream` is where a text is shown.

    Text has the colours and the width of its stream, and none without one. The other formats heed neither.
    `about` is what is compared; `more` are further keys of the JSON document.
    """

    verbose: bool = False
    stream: TextIO | None = None
    about: About = CHANGE
    more: Mapping[str, object] = field(default_factory=dict)


Format: TypeAlias = Callable[[Comparison, Options], str]


def render(comparison: Comparison, name: str = "text", options: Options | None = None) -> str:
    """The comparison in the format of that name, with a line feed at its end.

    Raises `KeyError` where no format has that name: see `FORMATS`.
    """
    return FORMATS[name](comparison, options or Options())


def load(name: str) -> None:
    """Import what the format of that name needs, before it is used. Raises `KeyError` as `render` does."""
    import_module(f"{__package__}.{_MODULES[name]}")


def _text(comparison: Comparison, options: Options) -> str:
    from crossaccess.report.diff.text import render as text  # noqa: PLC0415 - see the module

    return text(comparison, verbose=options.verbose, stream=options.stream, about=options.about)


def _markdown(comparison: Comparison, options: Options) -> str:
    from crossaccess.report.diff.markdown import render as markdown  # noqa: PLC0415 - see the module

    return markdown(comparison, options.about)


def _json(comparison: Comparison, options: Options) -> str:
    from crossaccess.report.diff.data import render as data  # noqa: PLC0415 - see the module

    return data(comparison, options.more)


def _html(comparison: Comparison, options: Options) -> str:
    from crossaccess.report.diff.page import render as page  # noqa: PLC0415 - see the module

    return page(comparison, options.about)


FORMATS: Mapping[str, Format] = {"text": _text, "markdown": _markdown, "json": _json, "html": _html}
_MODULES: Final = {"text": "text", "markdown": "markdown", "json": "data", "html": "page"}
