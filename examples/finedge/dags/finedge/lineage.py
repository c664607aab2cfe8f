"""What tasks read and write, named by the URIs of the catalog."""

from collections.abc import Sequence

from airflow.datasets import Dataset


def tables(*names: str) -> list[str]:
    """Tables of the warehouse, by schema and name: ``tables("STAGING.MERCHANTS")``."""
    return [f"snowflake://FINEDGE.{name}" for name in names]


def objects(*prefixes: str) -> list[str]:
    """Prefixes of the lake: ``objects("landing/fx-rates")``."""
    return [f"s3://{prefix}" for prefix in prefixes]


def datasets(uris: Sequence[str]) -> list[Dataset]:  # noqa: AIR311  # MWAA runs Airflow 2.11, without airflow.sdk
    """URIs as Airflow takes them."""
    return [Dataset(uri) for uri in uris]  # noqa: AIR311  # same
