"""All of it as one page that stands alone."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from crossaccess.deployment.picture import Picture
from crossaccess.findings.finding import Finding
from crossaccess.findings.places import places_of
from crossaccess.policy.access import ACCESS
from crossaccess.policy.conditions import written_time
from crossaccess.report.page import narrow, told, wide
from crossaccess.report.page.flows import streams_of
from crossaccess.report.page.gauges import gauges_of
from crossaccess.report.page.grants import grant_ids, grants_of
from crossaccess.report.page.origins import Origins
from crossaccess.report.page.policies import NAME, policies_of
from crossaccess.report.page.staging import drawn_of, stage
from crossaccess.report.page.table import OTHER, is_stray, rows_of, states_of
from crossaccess.report.pages import render_page
from crossaccess.report.sentence import listed, name, phrase, words
from crossaccess.who.matrix import Matrix

_SOURCES: Final = 8
"""How many of the sources are named."""
_ACCESS: Final = (*ACCESS, OTHER)


def render(picture: Picture, matrix: Matrix, findings: Sequence[Finding], *, now: dt.datetime) -> str:
    """The page as HTML; `now`, with its zone, is when it was made."""
    places = places_of(picture)
    stray = frozenset(one for entry in matrix.entries if is_stray(entry) for one in entry.statements)
    policies = policies_of(places, Origins(matrix.grants), stray)
    rows = rows_of(matrix, grant_ids(matrix.grants), policies.ids)
    streams = streams_of(matrix, findings)
    scene = stage(picture, streams)
    headline = told.headline(rows, findings)
    return render_page(
        "report.html.jinja",
        styles=("style.css", "drawing.css", "report.css"),
        script="report.js",
        title=f"Who may do what: {headline}",
        headline=headline,
        sources=listed([name(title, NAME) for title in matrix.titles], _SOURCES),
        made=written_time(now),
        wide=wide.draw(scene),
        narrow=narrow.draw(scene),
        flowing=[told.flowing(stream) for stream in drawn_of(streams)],
        left_out=scene.left_out,
        findings=told.findings_of(findings, policies.ids),
        rows=rows,
        access=[one for one in _ACCESS if any(one in row.access for row in rows)],
        states=states_of(rows),
        grants=grants_of(matrix, policies.of_grants, told.findings_about(findings)),
        policies=policies.shown,
        gauges=gauges_of(places, policies.ids),
        known=told.known_of(matrix.known),
        unclear=told.unclear_of(matrix.unclear),
        notes=[(phrase(note, 4 * NAME),) for note in matrix.notes],
        basis=(words("Complete for AWS's list of actions of "), phrase(matrix.actions_as_of, NAME))
        if matrix.actions_as_of
        else (),
    )
