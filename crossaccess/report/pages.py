"""Pages of HTML that stand alone: one file, no network, no script.

Templates escape all that they are given. The page's own policy allows nothing but its one style sheet, which
is named by its hash, so that even text that got out of its place could neither run nor load anything.
"""

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

_TEMPLATES = resources.files("crossaccess.report") / "templates"


def render_page(template: str, **values: object) -> str:
    """The page that a template makes of values; they are text, unless they are sentences or lists of them."""
    css = _read("style.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    page = _environment().get_template(template)
    # The style sheet is ours: as it stands in the page it has to be what its hash is of.
    return page.render(css=Markup(css), css_hash=digest, **values)  # noqa: S704


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
