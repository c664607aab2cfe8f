"""What policies say of a stack, and what there is of them: values only."""

from datetime import date
from enum import StrEnum, unique

from slipway.model.digest import DigestField
from slipway.model.frozen import Frozen


@unique
class PolicyPack(StrEnum):
    """How strictly rules hold: where people learn, and where it counts."""

    BASELINE = "baseline"
    PRODUCTION = "production"


@unique
class PolicyLevel(StrEnum):
    """What a violation does; the words are Pulumi's."""

    DISABLED = "disabled"
    ADVISORY = "advisory"
    MANDATORY = "mandatory"


@unique
class Severity(StrEnum):
    """How much a violation costs when it reaches production."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class PolicyLimit(Frozen):
    """A threshold of a rule.

    Attributes:
        name: as a pack's configuration names it.
        value: what it is set to.
        meaning: what it bounds.
    """

    name: str
    value: object
    meaning: str


class PolicyRule(Frozen):
    """A rule, as it holds in a pack.

    Attributes:
        id: its name.
        severity: cost of a violation.
        level: what a violation does in this pack.
        frameworks: controls that it serves.
        rationale: why it exists.
        remedy: what to do about a violation.
        judges: types of resources that concern it; empty: it looks at the whole stack.
        limits: its thresholds.
    """

    id: str
    severity: Severity
    level: PolicyLevel
    frameworks: tuple[str, ...]
    rationale: str
    remedy: str
    judges: tuple[str, ...]
    limits: tuple[PolicyLimit, ...]


class PolicyRules(Frozen):
    """Every rule of a pack.

    Attributes:
        pack: which.
        digest: of everything that decides.
        rules: in the order of the catalogue.
    """

    pack: PolicyPack
    digest: DigestField
    rules: tuple[PolicyRule, ...]


class PolicyWaiver(Frozen):
    """An exemption.

    Attributes:
        rule: of which rule.
        urn: of which resources; `*` stands for anything.
        reason: why.
        ticket: where it is discussed.
        approver: who answers for it.
        expires: the last day on which it holds.
        baseline: whether it is of what was wrong when a resource was adopted.
        layer: the layer with which it was adopted; empty for others.
    """

    rule: str
    urn: str
    reason: str
    ticket: str
    approver: str
    expires: date
    baseline: bool
    layer: str = ""


class PolicyWaivers(Frozen):
    """Every exemption.

    Attributes:
        digest: of everything that decides.
        waivers: in the order of the file.
    """

    digest: DigestField
    waivers: tuple[PolicyWaiver, ...]


class PolicyFinding(Frozen):
    """A violation.

    Attributes:
        rule: of which rule.
        severity: what it would cost.
        level: what it does.
        urn: whose; empty where it is of no resource.
        message: what is wrong, without a full stop.
        remedy: what to do.
        waiver: what exempts it; None where it stands.
    """

    rule: str
    severity: Severity
    level: PolicyLevel
    urn: str
    message: str
    remedy: str
    waiver: PolicyWaiver | None


class OpenJudgement(Frozen):
    """What could not be judged, for a value is not known.

    Attributes:
        rule: of which rule.
        urn: of which resource; empty for the whole stack.
    """

    rule: str
    urn: str


class PolicyReport(Frozen):
    """What a pack says of a stack.

    Attributes:
        pack: which.
        digest: of everything that decided.
        rules: how many rules judged.
        resources: how many resources there are.
        findings: violations, the waived ones with their waiver.
        undecided: what could not be judged.
        waivers: what is wrong with the waivers, a sentence each.
        stacks: whose resources they are, sorted.
        day: on which it was judged: waivers hold until one; None where older policies do not say.
    """

    pack: PolicyPack
    digest: DigestField
    rules: int
    resources: int
    findings: tuple[PolicyFinding, ...]
    undecided: tuple[OpenJudgement, ...]
    waivers: tuple[str, ...]
    stacks: tuple[str, ...] = ()
    day: date | None = None

    @property
    def standing(self) -> tuple[PolicyFinding, ...]:
        """Violations that nothing exempts."""
        return tuple(each for each in self.findings if each.waiver is None)

    @property
    def waived(self) -> tuple[PolicyFinding, ...]:
        """Violations that are exempt."""
        return tuple(each for each in self.findings if each.waiver is not None)

    @property
    def passed(self) -> bool:
        """Whether nothing mandatory stands, everything was judged and the waivers are in order."""
        mandatory = any(each.level is PolicyLevel.MANDATORY for each in self.standing)
        return not mandatory and not self.undecided and not self.waivers
