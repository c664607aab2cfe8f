"""What an estimate of a month assumes of a stack: what it moves, runs and keeps, and what no resource tells.

It stands in the stack files, under `slipway:cost`. `slipway cost` reads it; the Pulumi program checks it with
all other settings, though no resource follows from it. Volumes are whole numbers a month.
"""

from enum import StrEnum, unique
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

KEY: Final = "cost"
"""Its key in a stack file, below `slipway:`."""

Volume = Annotated[int, Field(ge=0)]


@unique
class SnowflakeEdition(StrEnum):
    """Editions of the Snowflake account: each asks more for a credit than the one before."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"
    BUSINESS_CRITICAL = "business-critical"


class CostBasis(BaseModel):
    """What every stack has."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    log_gigabytes: Volume = Field(description="logs that are written, pipelines' own apart")
    build_minutes: Volume = Field(description="minutes of CodeBuild, 4 vCPU; one of 2 vCPU is half of one")
    bucket_gigabytes: Volume = Field(description="what S3 keeps")
    bucket_writes: Volume = Field(description="PUT requests to S3")
    table_gigabytes: Volume = Field(description="what DynamoDB keeps")
    table_reads: Volume = Field(description="read request units of DynamoDB")
    table_writes: Volume = Field(description="write request units of DynamoDB")
    key_requests: Volume = Field(description="requests of symmetric KMS keys")
    trail_events: Volume = Field(description="data events that CloudTrail records")
    nat_gigabytes: Volume = Field(description="what goes through the NAT gateways")
    endpoint_gigabytes: Volume = Field(description="what goes through the interface endpoints")
    alarm_mails: Volume = Field(description="mails that alarms send, one a reader")


class SharedCostBasis(CostBasis):
    """What exists once."""

    monthly_cap: int = Field(ge=1, description="US dollars that a month of all stacks may cost")
    snowflake_edition: SnowflakeEdition = Field(description="of the one Snowflake account")
    image_gigabytes: Volume = Field(description="images that ECR keeps")
    signatures: Volume = Field(description="signatures of the signing key")
    github_seats: Volume = Field(description="people who work in the workspace's repository")


class EnvironmentCostBasis(CostBasis):
    """What an environment has; the data work itself is not the platform's."""

    pipeline_log_gigabytes: Volume = Field(description="logs that one pipeline writes")
    airflow_worker_hours: Volume = Field(description="hours of workers above those that always wait")
    airflow_database_gigabytes: Volume = Field(description="Airflow's metadata")
    spark_batch_vcpu_hours: Volume = Field(description="trial runs and candidates of batch jobs")
    spark_batch_gigabyte_hours: Volume = Field(description="memory of the same")
    spark_streaming_vcpu_hours: Volume = Field(
        description="queries that stay to be tried on, and the second query of a streaming release"
    )
    spark_streaming_gigabyte_hours: Volume = Field(description="memory of the same")
    pipeline_audit_minutes: Volume = Field(
        description="of one pipeline with dbt models: audits of what its runs publish"
    )
    pipeline_candidate_minutes: Volume = Field(
        description="of one pipeline with dbt models: what its releases build and compare"
    )
    rollback_minutes: Volume = Field(description="of rollbacks, and of rehearsals of them")
    check_minutes: Volume = Field(description="of pull-request checks, where a warehouse is there for them")
    mask_minutes: Volume = Field(
        description="of one refresh of the masked clones for checks, where `checkPool` keeps some"
    )
    masked_terabytes: Volume = Field(description="what one masked copy of the tables for them holds")
    clone_terabytes: Volume = Field(
        description="what clones and kept generations hold that their sources no longer do"
    )
    pipeline_secrets: Volume = Field(description="secrets of one pipeline, beside Airflow's connection")
    secrets: Volume = Field(description="secrets of the platform: its keys, other connections of Airflow")
