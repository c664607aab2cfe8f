"""The checks across fields and files, each a pure function from a draft to findings, in one table.

What a single field may hold is checked while it is read (`slipway.catalog.parsing`).
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from slipway.catalog.draft import Draft
from slipway.catalog.findings import Finding, RuleId
from slipway.catalog.rules import datasets, definitions, people

Check = Callable[[Draft], Iterable[Finding]]

RULES: Final[Mapping[RuleId, Check]] = MappingProxyType(
    {
        RuleId.RESERVED_NAME: definitions.reserved_names,
        RuleId.DUPLICATE_ITEM: definitions.duplicate_items,
        RuleId.PATH_MISSING: definitions.missing_paths,
        RuleId.PATH_OUTSIDE: definitions.outside_paths,
        RuleId.PART_UNFIT: definitions.unfit_parts,
        RuleId.PIPELINE_WITHOUT_OUTPUT: definitions.pipelines_without_output,
        RuleId.CRITICAL_WITHOUT_FRESHNESS: definitions.critical_without_freshness,
        RuleId.OUTPUT_UNMET: definitions.unmet_outputs,
        RuleId.RESERVED_IDENTIFIER: datasets.reserved_identifiers,
        RuleId.DUPLICATE_PIPELINE: definitions.duplicate_pipelines,
        RuleId.UNKNOWN_DATASET: datasets.unknown_inputs,
        RuleId.DUPLICATE_PRODUCER: datasets.duplicate_producers,
        RuleId.SOURCE_PRODUCED: datasets.produced_sources,
        RuleId.DUPLICATE_SOURCE: datasets.duplicate_sources,
        RuleId.PIPELINE_CYCLE: datasets.pipeline_cycles,
        RuleId.FRESHNESS_UNREACHABLE: datasets.unreachable_freshness,
        RuleId.DUPLICATE_CONSUMER: datasets.duplicate_consumers,
        RuleId.CONSUMER_READS_NOTHING: datasets.consumers_of_nothing,
        RuleId.CONSUMER_READS_UNKNOWN: datasets.unknown_reads,
        RuleId.UNKNOWN_OWNER: people.unknown_owners,
        RuleId.UNKNOWN_MEMBER: people.unknown_members,
        RuleId.TEAM_WITHOUT_MEMBER: people.teams_without_member,
        RuleId.PERSON_WITHOUT_ROLE: people.people_without_role,
        RuleId.DUPLICATE_TEAM: people.duplicate_teams,
        RuleId.RESERVED_TEAM: people.reserved_teams,
        RuleId.DUPLICATE_PERSON: people.duplicate_people,
        RuleId.DUPLICATE_LOGIN: people.duplicate_logins,
        RuleId.DUPLICATE_PRINCIPAL: people.duplicate_principals,
    }
)
"""Every rule with its check, in the order of docs/reference/catalog-rules.md."""

NEEDS_EVERY_PIPELINE: Final = frozenset({RuleId.UNKNOWN_DATASET, RuleId.CONSUMER_READS_UNKNOWN})
"""Rules that would blame a reader for the dataset of a pipeline whose file cannot be read."""


def check(draft: Draft, *, complete: bool) -> list[Finding]:
    """Apply every rule.

    Args:
        draft: the workspace.
        complete: every catalogue file could be read; else the rules that need all of them are left out.

    Returns:
        What they found.
    """
    applied = (rule for rule in RULES if complete or rule not in NEEDS_EVERY_PIPELINE)
    return [finding for rule in applied for finding in RULES[rule](draft)]
