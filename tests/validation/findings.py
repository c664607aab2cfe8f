"""From resources to what the provider says of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.validation.resources import Resource
from tests.validation.terraform import Diagnostic, Terraform
from tests.validation.translation import Difference, TranslationError, Written, translate


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What came out.

    Attributes:
        count: how many resources the provider saw.
        findings: what it refuses, one line each, the resource named.
        warnings: what it takes and advises against.
        left_out: what it did not see, and why; each reason once.
    """

    count: int
    findings: tuple[str, ...]
    warnings: tuple[str, ...]
    left_out: tuple[str, ...]


def validate(
    terraform: Terraform, resources: Sequence[Resource], differences: Iterable[Difference]
) -> Validation:
    """Have the provider look at resources.

    Args:
        terraform: a folder of configuration; resources of before go.
        resources: what is looked at.
        differences: what the provider is known to lack.
    """
    known = tuple(differences)
    outcomes = [(each, _written(each, terraform.schemas, known)) for each in resources]
    written = {
        f"r{number:05}": (resource, outcome)
        for number, (resource, outcome) in enumerate(outcomes)
        if isinstance(outcome, Written)
    }
    by_file = {name: resource for name, (resource, _) in written.items()}
    terraform.replace(
        {name: {"resource": {one.type: {name: one.arguments}}} for name, (_, one) in written.items()}
    )
    told = terraform.validate()
    if not any(each.severity == "error" for each in told):
        told = terraform.plan()  # what is not valid cannot be planned
    refused = [outcome for _, outcome in outcomes if isinstance(outcome, str)]
    return Validation(
        count=len(written),
        findings=(*refused, *_lines(told, "error", by_file)),
        warnings=tuple(_lines(told, "warning", by_file)),
        left_out=tuple(sorted({_said(each) for _, outcome in outcomes for each in _left_out(outcome)})),
    )


def _written(
    resource: Resource, schemas: Mapping[str, Any], known: tuple[Difference, ...]
) -> Written | Difference | str:
    """Return the resource for Terraform, what lacks its type, or why it cannot be written."""
    try:
        return translate(resource, schemas, known)
    except TranslationError as error:
        return str(error)


def _left_out(outcome: Written | Difference | str) -> tuple[Difference, ...]:
    match outcome:
        case Written():
            return outcome.left_out
        case Difference():
            return (outcome,)
        case str():
            return ()


def _said(difference: Difference) -> str:
    return f"{difference.type} {difference.argument}".rstrip() + f": {difference.reason}"


def _lines(told: Iterable[Diagnostic], severity: str, by_file: Mapping[str, Resource]) -> list[str]:
    said = [each for each in told if each.severity == severity]
    return [f"{by_file[each.file]}: {each.text}" if each.file in by_file else each.text for each in said]
