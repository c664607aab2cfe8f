"""FinEdge's workspace is right: the example is the first catalogue that a newcomer copies."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from slipway.catalog import lint_workspace, load_workspace
from slipway.catalog.schema import DocumentKind, schema_of
from slipway.model.pipeline import PipelineKind

FINEDGE = Path(__file__).parents[2] / "examples" / "finedge"


def test_the_example_has_no_finding() -> None:
    """Every part and contract that it names is there, every dataset has its producer."""
    assert [str(finding) for finding in lint_workspace(FINEDGE).findings] == []


def test_the_example_has_both_kinds_of_pipeline() -> None:
    """Batch and streaming ship differently, so both are shown."""
    assert {pipeline.kind for pipeline in load_workspace(FINEDGE).pipelines} == set(PipelineKind)


@pytest.mark.parametrize("path", sorted(FINEDGE.glob("catalog/*.yaml")), ids=lambda path: path.stem)
def test_an_editor_marks_nothing_in_the_example(path: Path) -> None:
    """The schema is tried on files that people write."""
    validator = Draft202012Validator(schema_of(DocumentKind.PIPELINE))
    assert list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []
