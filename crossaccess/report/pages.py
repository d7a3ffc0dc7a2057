"""Pages of HTML that stand alone: one file, no network, and no script but one of ours where a page has one.

Templates escape all that they are given. The page's own policy allows nothing but its one style sheet and its
one script, which are named by their hashes, so that even text that got out of its place could neither run nor
load anything.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

_TEMPLATES = resources.files("crossaccess.report") / "templates"


def render_page(
    template: str, *, styles: Sequence[str] = ("style.css",), script: str | None = None, **values: object
) -> str:
    """The page that a template makes of values; they are text, unless they are sentences or lists of them.

    `styles` and `script` are files beside the templates.
    """
    css = "".join(_read(name) for name in styles)
    code = None if script is None else _read(script)
    page = _environment().get_template(template)
    return page.render(
        # They are ours: as they stand in the page they have to be what their hashes are of.
        css=Markup(css),  # noqa: S704
        css_hash=_hash(css),
        script=None if code is None else Markup(code),  # noqa: S704
        script_hash=None if code is None else _hash(code),
        **values,
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        loader=FunctionLoader(_read),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
