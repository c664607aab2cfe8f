"""What editors are told agrees with what the parser accepts."""

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from slipway.catalog import RuleId, load_workspace
from slipway.catalog.documents import PipelineDocument, TeamDocument, WorkspaceDocument
from slipway.catalog.schema import DocumentKind, schema_of
from slipway.cli.workspace_view import plain_pipeline
from slipway.model.pipeline import PartKind
from tests.catalog.test_rules import CASES
from tests.doubles.workspace_folder import FILES, WorkspaceFolder

KINDS = {"slipway.yaml": DocumentKind.WORKSPACE, "team.yaml": DocumentKind.TEAM}
SEEN_BY_ONE_FILE = {
    RuleId.WRONG_VALUE,
    RuleId.WRONG_TYPE,
    RuleId.UNKNOWN_FIELD,
    RuleId.MISSING_FIELD,
    RuleId.PART_UNFIT,
    RuleId.CRITICAL_WITHOUT_FRESHNESS,
    RuleId.CONSUMER_READS_NOTHING,
    RuleId.TEAM_WITHOUT_MEMBER,
    RuleId.PERSON_WITHOUT_ROLE,
}
"""Rules that a schema can express."""


def _validator(path: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(KINDS.get(path, DocumentKind.PIPELINE)))


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_a_schema_is_a_schema(kind: DocumentKind) -> None:
    """Draft 2020-12, and it survives being written."""
    schema = schema_of(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(json.loads(json.dumps(schema)))


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(".yaml") and "odcs" not in path])
def test_the_schema_accepts_what_the_parser_accepts(path: str) -> None:
    """An editor marks nothing in a file that lints."""
    assert list(_validator(path).iter_errors(yaml.safe_load(FILES[path]))) == []


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if RuleId(case["rule"]) in SEEN_BY_ONE_FILE],
    ids=lambda case: f"{case['rule']}: {case['to'][:30]}",
)
def test_the_schema_rejects_what_the_parser_rejects(case: dict[str, str]) -> None:
    """An editor marks what lint would find, as far as one file shows it."""
    text = FILES[case["file"]].replace(case["from"], case["to"])
    assert list(_validator(case["file"]).iter_errors(yaml.safe_load(text))) != []


def test_a_pipeline_as_json_is_a_catalogue_file(folder: WorkspaceFolder) -> None:
    """`slipway catalog show --format json` has the fields that the schema describes, and loses none."""
    for pipeline in load_workspace(folder.root).pipelines:
        plain = plain_pipeline(pipeline)
        assert list(_validator("catalog").iter_errors(plain)) == []
        assert plain == yaml.safe_load(FILES[str(pipeline.path)])


@pytest.mark.parametrize("model", [PipelineDocument, WorkspaceDocument, TeamDocument])
def test_every_field_is_explained(model: type[Any]) -> None:
    """A field without a description leaves an editor's user alone with its name."""
    schema = model.model_json_schema()
    objects = [schema, *(item for item in schema.get("$defs", {}).values() if item["type"] == "object")]
    undescribed = [
        name for item in objects for name, field in item["properties"].items() if not field.get("description")
    ]
    assert undescribed == []
    assert all(item["additionalProperties"] is False for item in objects)


def test_every_part_but_the_entry_can_be_written() -> None:
    """The entry is the file itself."""
    parts = schema_of(DocumentKind.PIPELINE)["$defs"]["PartsDocument"]["properties"]
    assert set(parts) == set(PartKind) - {PartKind.ENTRY, PartKind.CONTROL}
