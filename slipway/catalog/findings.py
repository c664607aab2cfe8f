"""What is wrong in a workspace: findings with a place and a remedy, and the error that carries them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path

from slipway.model.counted import counted
from slipway.model.errors import DefinitionError

_LONGEST = 600  # characters of a text; the longest that has no quoted value in it is half as long

Loc = tuple[str | int, ...]
"""A field's way from the top of its file: ``("outputs", 0, "dataset")``."""


@unique
class RuleId(StrEnum):
    """Every check of a workspace. Each has a row in docs/reference/catalog-rules.md."""

    # one file is read
    FILE_MISSING = "file-missing"
    FILE_UNREADABLE = "file-unreadable"
    FILE_OUTSIDE = "file-outside"
    FILE_MISPLACED = "file-misplaced"
    FILE_TOO_LARGE = "file-too-large"
    ENCODING = "encoding"
    EMPTY_FILE = "empty-file"
    YAML_SYNTAX = "yaml-syntax"
    YAML_FEATURE = "yaml-feature"
    DUPLICATE_KEY = "duplicate-key"
    NOT_A_MAPPING = "not-a-mapping"
    UNKNOWN_FIELD = "unknown-field"
    MISSING_FIELD = "missing-field"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    # one definition
    RESERVED_TEAM = "reserved-team"
    RESERVED_NAME = "reserved-name"
    DUPLICATE_ITEM = "duplicate-item"
    PATH_MISSING = "path-missing"
    PATH_OUTSIDE = "path-outside"
    PART_UNFIT = "part-unfit"
    PIPELINE_WITHOUT_OUTPUT = "pipeline-without-output"
    CRITICAL_WITHOUT_FRESHNESS = "critical-without-freshness"
    OUTPUT_UNMET = "output-unmet"
    RESERVED_IDENTIFIER = "reserved-identifier"
    # datasets between pipelines
    DUPLICATE_PIPELINE = "duplicate-pipeline"
    UNKNOWN_DATASET = "unknown-dataset"
    DUPLICATE_PRODUCER = "duplicate-producer"
    SOURCE_PRODUCED = "source-produced"
    DUPLICATE_SOURCE = "duplicate-source"
    PIPELINE_CYCLE = "pipeline-cycle"
    FRESHNESS_UNREACHABLE = "freshness-unreachable"
    DUPLICATE_CONSUMER = "duplicate-consumer"
    CONSUMER_READS_NOTHING = "consumer-reads-nothing"
    CONSUMER_READS_UNKNOWN = "consumer-reads-unknown"
    # people
    UNKNOWN_OWNER = "unknown-owner"
    UNKNOWN_MEMBER = "unknown-member"
    TEAM_WITHOUT_MEMBER = "team-without-member"
    PERSON_WITHOUT_ROLE = "person-without-role"
    DUPLICATE_TEAM = "duplicate-team"
    DUPLICATE_PERSON = "duplicate-person"
    DUPLICATE_LOGIN = "duplicate-login"
    DUPLICATE_PRINCIPAL = "duplicate-principal"
    # the repository
    CODE_OWNERS = "code-owners"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong. Findings sort by place.

    Its texts are one line each and printable, whatever the file holds: a value that is quoted in them must
    neither break a log apart nor reach the terminal as a control sequence.

    Attributes:
        path: the file, relative to the workspace's root.
        line: counted from 1.
        column: counted from 1.
        rule: the check that found it.
        field: the field's path in the file, such as ``outputs[0].dataset``; empty for the file as a whole.
        message: what is wrong.
        remedy: what to write or do instead.
    """

    path: str
    line: int
    column: int
    rule: RuleId
    field: str
    message: str
    remedy: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _printable(self.message))
        object.__setattr__(self, "remedy", _printable(self.remedy))

    def __str__(self) -> str:
        subject = f"{self.field}: " if self.field else ""
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {subject}{self.message} [{self.rule}]\n  remedy: {self.remedy}"


def _printable(text: str) -> str:
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
    if shown.isprintable():
        return shown
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in shown)


def field_path(loc: Loc) -> str:
    """Write a field's way as a person would.

    Args:
        loc: such as ``("outputs", 0, "dataset")``.

    Returns:
        Such as ``outputs[0].dataset``.
    """
    written = ""
    for step in loc:
        if isinstance(step, int):
            written += f"[{step}]"
        else:
            word = step if step.isprintable() and step and len(step) <= _LONGEST else repr(step[:_LONGEST])
            written += f".{word}" if written else word
    return written


class CatalogErrors(DefinitionError):  # noqa: N818 - it carries many errors, and its name says so
    """A workspace that cannot be used as it stands.

    Attributes:
        findings: everything that is wrong, sorted by place.
    """

    def __init__(self, root: Path, findings: Sequence[Finding]) -> None:
        count = counted(len(findings), "finding")
        listed = "".join(f"\n{finding}" for finding in findings)
        super().__init__(
            f"workspace {root} has {count}{listed}", remedy="correct these, then run the command again"
        )
        self.findings = tuple(findings)
