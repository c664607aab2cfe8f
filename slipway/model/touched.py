"""Which pipelines a release touches."""

from slipway.model.parts import PartId
from slipway.model.pipeline import PipelineName
from slipway.model.release import Manifest


def touched_pipelines(manifest: Manifest) -> frozenset[PipelineName]:
    """Name every pipeline of which a part is shipped or removed; the foundation is one of them."""
    shipped = (artifact.part for artifact in manifest.artifacts)
    removed = (PartId.parse(part) for part in manifest.removed)
    return frozenset(part.pipeline for part in (*shipped, *removed))
