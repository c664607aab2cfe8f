"""What settings of a Spark cluster may be."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo

_FEWEST: Final = 4
"""Two units are the core nodes; with less than two of Spot a cluster has nothing to scale."""


def _none_or_enough(units: int, info: ValidationInfo) -> int:
    if 0 < units < _FEWEST:
        raise ValueError(f"it is 0 for no cluster, or at least {_FEWEST}")
    if units and info.data.get("nat_gateways") == 0:
        raise ValueError("nodes of a cluster report to EMR over a NAT gateway, and natGateways is 0")
    return units


ClusterUnits = Annotated[int, Field(ge=0, le=1000), AfterValidator(_none_or_enough)]
