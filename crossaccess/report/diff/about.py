"""What a comparison is about: a change that is to come, or what has come about since the deployment."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The words in which reports of comparisons differ.

    `command` makes the report; `lead` begins its verdict in a list of comments, `title` its page. `since` is
    said of what was gained, lost or rewritten; `nothing` where nothing was. `unknown` is said of a policy
    that cannot be read; `old` and `new` of decisions by the two states. `besides` is how many things are
    told in the notes.
    """

    command: str
    lead: str
    title: str
    nothing: str
    unknown: str
    old: str
    new: str
    since: str = ""
    besides: int = 0

    @property
    def marker(self) -> str:
        """The first line of a comment, by which a workflow finds its own."""
        return f"<!-- {self.command} -->"


CHANGE: Final = About(
    command="crossaccess diff",
    lead="Access",
    title="What changes",
    nothing="no policy changes, no access changed",
    unknown="not known yet",
    old="before",
    new="after",
)
DRIFT: Final = About(
    command="crossaccess drift",
    lead="Drift",
    title="What has drifted",
    nothing="no policy differs from what was deployed",
    unknown="not known",
    old="as deployed",
    new="now",
    since=" by hand since deployed",
)
