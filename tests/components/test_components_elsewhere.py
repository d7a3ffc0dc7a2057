"""The components as other programs and other languages meet them."""

import ast
from pathlib import Path

import pytest
from pulumi.provider.experimental.analyzer import Analyzer

from components.bucket_owner import BucketOwner
from components.bucket_requester import BucketRequester

FOLDER = Path(__file__).parents[2] / "components"
FILES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("component", [BucketOwner, BucketRequester], ids=lambda one: one.__name__)
def test_pulumi_can_describe_the_component_to_other_languages(component: type) -> None:
    """Arguments and outputs have types that Pulumi's analyzer takes, each with a description."""
    analyzer = Analyzer("crossaccess")
    definition = analyzer.analyze_component(component)
    assert definition.inputs
    assert definition.outputs
    for name, told in (*definition.inputs.items(), *definition.outputs.items()):
        assert told.description, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_annotations_are_left_for_pulumi_to_read(file: Path) -> None:
    """Annotations that are only texts at run time would hide the arguments from the analyzer."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert "__future__" not in imported


@pytest.mark.parametrize(
    "file", [FOLDER / "bucket_owner.py", FOLDER / "bucket_requester.py"], ids=lambda f: f.name
)
def test_a_component_reads_no_config(file: Path) -> None:
    """What a component does follows from its arguments alone."""
    text = file.read_text(encoding="utf-8")
    assert "Config(" not in text
    assert "environ" not in text
    assert "components.settings" not in text
