"""How tasks call AWS: as their pipeline, whose role the connection assumes."""

from typing import Final

# The environment declares it for each pipeline whose DAG works in the lake or starts jobs.
PIPELINE: Final = "pipeline-{{ dag.dag_id | replace('_', '-') }}"
