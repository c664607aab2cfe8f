"""What a pipeline may do in the lake, the estate's buckets: its datasets, code and checkpoints. Pure."""

from collections.abc import Iterable

from components import iam
from slipway.model.dataset import Dataset, DatasetScheme
from slipway.model.naming import Naming
from slipway.model.pipeline import Pipeline, PipelineKind
from slipway.model.subjects import CHECKPOINTS, CODE

Place = tuple[str, str]
"""A logical bucket, and a prefix in it."""


def access(pipeline: Pipeline, naming: Naming, region: str, *, runs_jobs: bool) -> list[iam.Statement]:
    """Return what its role may do with objects, and with the key that they are encrypted with.

    Args:
        pipeline: its catalog entry.
        naming: names of the stack.
        region: where the buckets are.
        runs_jobs: whether Spark runs code of its own; only then is there code to be read.
    """
    reads = [*_places(pipeline.inputs), *([(CODE, pipeline.name)] if runs_jobs else [])]
    writes = [*_places(pipeline.output_datasets), *_checkpoints(pipeline, runs_jobs=runs_jobs)]
    if not reads and not writes:
        return []
    return [
        *_reading(reads, naming),
        *_writing(writes, naming),
        *_listing([*reads, *writes], naming),
        _key(naming, region),
    ]


def _places(datasets: Iterable[Dataset]) -> list[Place]:
    return [(each.bucket, each.prefix) for each in datasets if each.scheme is DatasetScheme.S3]


def _checkpoints(pipeline: Pipeline, *, runs_jobs: bool) -> list[Place]:
    """Return where a streaming query keeps what it has read and what it knows."""
    keeps = runs_jobs and pipeline.kind is PipelineKind.STREAMING
    return [(CODE, f"{CHECKPOINTS}/{pipeline.name}")] if keeps else []


def _reading(places: Iterable[Place], naming: Naming) -> list[iam.Statement]:
    objects = _objects(places, naming)
    return [iam.Statement(sid="ReadInputs", actions=["s3:GetObject"], resources=objects)] if objects else []


def _writing(places: Iterable[Place], naming: Naming) -> list[iam.Statement]:
    objects = _objects(places, naming)
    actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    return [iam.Statement(sid="WriteOutputs", actions=actions, resources=objects)] if objects else []


def _objects(places: Iterable[Place], naming: Naming) -> list[str]:
    return sorted(f"arn:aws:s3:::{naming.data_bucket(bucket)}/{prefix}/*" for bucket, prefix in places)


def _listing(places: Iterable[Place], naming: Naming) -> list[iam.Statement]:
    """List only below the pipeline's own prefixes: one statement a bucket and prefix."""
    return [
        iam.Statement(
            sid=f"List{number}",
            actions=["s3:ListBucket"],
            resources=[f"arn:aws:s3:::{naming.data_bucket(bucket)}"],
            conditions={"StringLike": {"s3:prefix": f"{prefix}/*"}},
        )
        for number, (bucket, prefix) in enumerate(sorted(set(places)), start=1)
    ]


def _key(naming: Naming, region: str) -> iam.Statement:
    """Return the use of the lake's key, by S3 alone and known by its alias: its id is the estate's.

    A key may have several aliases: any of them will do (KMS developer guide, "kms:ResourceAliases").
    """
    return iam.Statement(
        sid="UseLakeKey",
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=[f"arn:aws:kms:{region}:{naming.account_id}:key/*"],
        conditions={
            "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": naming.lake_key_alias},
        },
    )
