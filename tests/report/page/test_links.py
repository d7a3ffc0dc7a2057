"""Where links lead: to the right place, or nowhere."""

from crossaccess.report.page.links import told_apart


def test_a_name_that_several_have_leads_nowhere() -> None:
    """Which of them is meant nobody can tell; the same place told twice is one."""
    pairs = [("reports", "grant-1"), ("audit", "grant-2"), ("reports", "grant-3"), ("audit", "grant-2")]
    assert told_apart(pairs) == {"audit": "grant-2"}
