"""Happy-path values of the model; a test changes one field."""

from pathlib import PurePosixPath

from slipway.model.dataset import Dataset
from slipway.model.environment import StackName
from slipway.model.naming import Naming
from slipway.model.pipeline import (
    Criticality,
    DataClass,
    Freshness,
    Output,
    Part,
    PartKind,
    Pipeline,
    PipelineKind,
    PipelineName,
)
from slipway.model.tags import Tags
from slipway.model.team import TeamName

NAMING = Naming(organization="finedge", stack=StackName.DEV, account_id="222233334444")

PLATFORM_TAGS = Tags(
    owner="platform",
    pipeline="platform",
    criticality="critical",
    cost_center="CC-1000",
    data_class="internal",
    stack=StackName.DEV,
)

SETTLEMENTS = Pipeline(
    name=PipelineName("settlements"),
    kind=PipelineKind.BATCH,
    criticality=Criticality.CRITICAL,
    owner=TeamName("settlements"),
    cost_center="CC-1200",
    data_class=DataClass.CONFIDENTIAL,
    description="Settlement amounts per merchant and day.",
    parts=(
        Part(kind=PartKind.ENTRY, path=PurePosixPath("catalog/settlements.yaml")),
        Part(kind=PartKind.DAG, path=PurePosixPath("dags/settlements.py")),
        Part(kind=PartKind.SPARK, path=PurePosixPath("spark/settlement_enrichment")),
    ),
    inputs=(
        Dataset.parse("s3://settlement-files/incoming"),
        Dataset.parse("snowflake://FINEDGE.STAGING.MERCHANTS"),
    ),
    outputs=(
        Output(dataset=Dataset.parse("snowflake://FINEDGE.MARTS.SETTLEMENTS")),
        Output(dataset=Dataset.parse("s3://lake/settlements")),
    ),
    freshness=Freshness.parse("90m"),
    path=PurePosixPath("catalog/settlements.yaml"),
)
