"""The three kinds of file of a workspace, field by field: what may be written, and what editors are told.

These models are the only description of the format: parsing, the JSON Schemas and docs/reference/schemas
follow from them. An optional field may be left out, but not written empty: `slipway.catalog.parsing` refuses
that. What one field alone cannot show (an owner that is no team) is `slipway.catalog.rules`' business.
"""

from typing import Any, Final

from pydantic import ConfigDict, Field

from slipway.catalog.fields import (
    Age,
    CostCenter,
    DatasetUri,
    Line,
    Login,
    Name,
    PathText,
    PersonText,
    Principal,
)
from slipway.model.frozen import Frozen
from slipway.model.pipeline import STARTED_BY, Criticality, DataClass, PipelineKind
from slipway.model.team import Role

_NOT_EMPTY: Final[dict[str, Any]] = {
    "minItems": 1
}  # the rules say it with a remedy; editors only need the number


class PartsDocument(Frozen):
    """Where the deployable pieces of a pipeline are: a streaming pipeline has `stream`, a batch one `dag`."""

    dag: PathText | None = Field(
        default=None, description="Airflow DAG file.", examples=["dags/settlements.py"]
    )
    dbt: PathText | None = Field(
        default=None, description="Folder of dbt models.", examples=["dbt/models/marts/settlements"]
    )
    spark: PathText | None = Field(
        default=None,
        description="Folder or file of a Spark batch job.",
        examples=["spark/settlement_enrichment"],
    )
    stream: PathText | None = Field(
        default=None,
        description="Folder of a Structured Streaming job or connector configuration.",
        examples=["streaming/payment_events"],
    )
    terraform: PathText | None = Field(
        default=None,
        description="Terraform root that only this pipeline needs.",
        examples=["terraform/settlements"],
    )


class OutputDocument(Frozen):
    """A dataset that the pipeline produces."""

    dataset: DatasetUri = Field(
        description="URI of what is produced.", examples=["snowflake://FINEDGE.MARTS.SETTLEMENTS"]
    )
    contract: PathText | None = Field(
        default=None,
        description="ODCS document: the schema, semantics and service level that are promised.",
        examples=["contracts/settlements.odcs.yaml"],
    )


class FreshnessDocument(Frozen):
    """How old the newest row of each output may be."""

    max_age: Age = Field(description="A whole number and a unit: m, h or d.", examples=["90m"])


class LimitsDocument(Frozen):
    """How long a release waits for the pipeline; what is left out is as it is without limits."""

    run: Age | None = Field(
        default=None,
        description="For the run that a release observes; 1h without it. A whole number, and m, h or d.",
        examples=["3h"],
    )
    build: Age | None = Field(
        default=None,
        description="For dbt to build and test its models once; 30m without it.",
        examples=["2h"],
    )


def _needs_part(kind: PipelineKind) -> dict[str, Any]:
    return {
        "if": {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]},
        "then": {"properties": {"parts": {"required": [STARTED_BY[kind].value]}}},
    }


class PipelineDocument(Frozen):
    """One pipeline: catalog/<name>.yaml."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                *(_needs_part(kind) for kind in PipelineKind),
                {
                    "if": {
                        "properties": {"criticality": {"const": Criticality.CRITICAL.value}},
                        "required": ["criticality"],
                    },
                    "then": {"required": ["freshness"]},
                },
            ]
        }
    )

    pipeline: Name = Field(
        description="Its name, unique in the workspace. Roles in AWS and Snowflake are named after it.",
        examples=["settlements"],
    )
    description: Line = Field(
        description="One sentence for people.", examples=["Settlement amounts per merchant and day."]
    )
    kind: PipelineKind = Field(description="How its data moves, and so how it ships.")
    criticality: Criticality = Field(
        description="What a failure costs; a critical pipeline has a freshness objective."
    )
    owner: Name = Field(description="A team of team.yaml.", examples=["settlements"])
    cost_center: CostCenter = Field(description="Who pays, as finance writes it.", examples=["CC-1200"])
    data_class: DataClass = Field(description="Who may see the data.")
    parts: PartsDocument = Field(description="Its deployable pieces.")
    inputs: tuple[DatasetUri, ...] = Field(
        description="The datasets it reads; an empty list when there are none.",
        examples=[["s3://settlement-files/incoming"]],
    )
    outputs: tuple[OutputDocument, ...] = Field(
        description="The datasets it produces.", json_schema_extra=_NOT_EMPTY
    )
    freshness: FreshnessDocument | None = Field(default=None, description="Its freshness objective.")
    limits: LimitsDocument | None = Field(default=None, description="How long a release waits for it.")


class SourceDocument(Frozen):
    """A dataset that arrives from outside: no pipeline of the workspace produces it."""

    dataset: DatasetUri = Field(
        description="URI of what arrives.", examples=["postgres://payments.public.merchants"]
    )
    owner: Line = Field(description="Who outside answers for it.", examples=["core-banking"])
    description: Line = Field(
        description="One sentence for people.", examples=["Merchants, by change data capture."]
    )


class ConsumerDocument(Frozen):
    """Someone outside who reads what pipelines produce."""

    name: Name = Field(description="Unique in the workspace.", examples=["finance-dashboard"])
    reads: tuple[DatasetUri, ...] = Field(
        description="The datasets it reads.",
        examples=[["snowflake://FINEDGE.MARTS.REVENUE"]],
        json_schema_extra=_NOT_EMPTY,
    )
    contact: Line = Field(
        description="Whom to tell before one changes.", examples=["finance-bi@finedge.example"]
    )


class WorkspaceDocument(Frozen):
    """The workspace: slipway.yaml, in its root."""

    workspace: Name = Field(description="The data team's name for it.", examples=["finedge"])
    catalog: PathText = Field(description="Folder of the pipelines' files, one each.", examples=["catalog"])
    team: PathText = Field(description="File of people and teams.", examples=["team.yaml"])
    github: Login | None = Field(
        default=None,
        description="Organization on GitHub that has its repository and teams; CODEOWNERS names them by it.",
        examples=["finedge"],
    )
    sources: tuple[SourceDocument, ...] = Field(default=(), description="What arrives from outside.")
    consumers: tuple[ConsumerDocument, ...] = Field(
        default=(), description="Who outside reads what pipelines produce."
    )


class PersonDocument(Frozen):
    """Someone who changes, approves or audits."""

    id: PersonText = Field(description="Unique in the workspace; teams list it.", examples=["ana.silva"])
    name: Line = Field(description="As they write it.", examples=["Ana Silva"])
    github: Login = Field(description="Their GitHub login.", examples=["anasilva"])
    aws_principal: Principal = Field(
        description="The ARN they act as; the ledger names them by it.",
        examples=["arn:aws:iam::111122223333:user/ana.silva"],
    )
    roles: tuple[Role, ...] = Field(
        description="What they may decide.",
        examples=[["data-engineer", "approver"]],
        json_schema_extra=_NOT_EMPTY,
    )


class TeamEntryDocument(Frozen):
    """People who own pipelines together."""

    name: Name = Field(
        description="Unique in the workspace; pipelines name it as their owner.", examples=["settlements"]
    )
    members: tuple[PersonText, ...] = Field(
        description="Ids of people.", examples=[["ana.silva"]], json_schema_extra=_NOT_EMPTY
    )
    contact: Line = Field(description="Where a question goes.", examples=["settlements@finedge.example"])


class TeamDocument(Frozen):
    """People and teams: team.yaml."""

    people: tuple[PersonDocument, ...] = Field(description="Everyone who changes, approves or audits.")
    teams: tuple[TeamEntryDocument, ...] = Field(description="Who owns pipelines.")
