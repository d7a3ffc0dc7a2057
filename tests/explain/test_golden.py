"""What a person reads, kept beside the tests."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from crossaccess.cli import main
from tests.support.engine_files import PREVIEWS
from tests.support.golden import check_golden

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"text": "txt", "json": "json"}
QUESTIONS = {
    "allowed": ("account-a", "reports/2026/a"),
    "wrong-prefix": ("account-a", "reports/2025/a"),
    "address-not-told": ("account-a", "audit/a"),
    "by-role": ("account-a", "exchange/a"),
    "no-use-of-the-key": ("account-a-with-key", "reports/2026/a"),
}


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", QUESTIONS)
def test_an_explanation_reads_as_it_did(name: str, form: str) -> None:
    """Each is what its golden file holds."""
    owner, key = QUESTIONS[name]
    states = [str(PREVIEWS / f"{one}.state.json") for one in (owner, "account-b")]
    words = ["explain", "bob", "s3:GetObject", f"s3://shared-111111222222/{key}", *states, "--format", form]
    done = CliRunner().invoke(main, [*words, "--context", "aws:CurrentTime=2025-06-01T00:00:00Z"])
    check_golden(f"{name}.{ENDINGS[form]}", done.stdout, folder=GOLDEN)
