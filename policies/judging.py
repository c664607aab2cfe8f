"""Judges a stack: each rule on each resource it concerns, then the rules that need the whole of it. Pure.

One code for three callers: the engine's packs, `pulumi policy analyze`, and `slipway policy check`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from policies.rules.place import stack_of
from policies.rules.rule import (
    AnyRule,
    Graph,
    GraphRule,
    Operation,
    OperationRule,
    Resource,
    Rule,
    Undecided,
    Violation,
)
from policies.waivers import Waiver, Waivers
from slipway.model.frozen import Frozen

BROAD: Final = 10
"""A waiver that exempts more resources than this is no exemption any more."""


LONGEST: Final = timedelta(days=366)
"""Somebody looks again at what is exempt, once a year at least."""


class RuleCrashed(Exception):  # noqa: N818 - it says what happened
    """A rule failed on a resource: neither a pass nor a violation, so nothing may go on."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A violation of a rule.

    Attributes:
        rule: the rule's id.
        urn: whose.
        message: what is wrong; one sentence without a full stop.
        waiver: what exempts it; None where it stands.
    """

    rule: str
    urn: str
    message: str
    waiver: Waiver | None = None


@dataclass(frozen=True, kw_only=True, order=True)
class Open:
    """What a rule could not judge yet.

    Attributes:
        rule: the rule's id.
        urn: of the resource that it is about; empty for the stack.
        is_whole: whether it is a rule of the whole stack, which may say it of what belongs to that resource.
    """

    rule: str
    urn: str
    is_whole: bool = False


@dataclass
class Judge:
    """Judges what it is shown, and remembers what was waived and what is undecided.

    Attributes:
        waivers: what is exempt.
        today: the day that counts.
        unknown: the exceptions that tell that a value is not known yet.
        seen: URNs of all resources that it was shown.
        findings: violations so far, the waived ones with their waiver.
        undecided: what could not be judged.
    """

    waivers: Waivers
    today: date
    unknown: tuple[type[Exception], ...] = (Undecided,)
    seen: dict[str, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    undecided: set[Open] = field(default_factory=set)

    def see(self, urn: str) -> None:
        """Know that a resource is there: waivers are told that name none."""
        self.seen[urn] = None

    def resource(self, rule: Rule[Any], resource: Resource, limits: Frozen) -> list[Finding]:
        """Judge one resource by one rule.

        Raises:
            RuleCrashed: the rule failed.
        """
        self.see(resource.urn)
        if resource.type not in rule.judges:
            return []
        subject = Open(rule=rule.id, urn=resource.urn)
        messages = self._consumed(subject, lambda: rule.violations(resource, limits))
        return self._found(rule, [Violation(urn=resource.urn, message=each) for each in messages])

    def graph(self, rule: GraphRule[Any], graph: Graph, limits: Frozen) -> list[Finding]:
        """Judge a whole stack by one rule.

        Raises:
            RuleCrashed: the rule failed.
        """
        self.seen.update(dict.fromkeys(graph.by_urn))
        found: list[Violation] = []
        for node in self._consumed(Open(rule=rule.id, urn="", is_whole=True), partial(rule.judges, graph)):
            subject = Open(rule=rule.id, urn=node.resource.urn, is_whole=True)
            found += self._consumed(subject, partial(rule.violations, graph, node, limits))
        return self._found(rule, found)

    def operation(self, rule: OperationRule[Any], operation: Operation, limits: Frozen) -> list[Finding]:
        """Judge what is about to be done by one rule; nothing exempts from it.

        Raises:
            RuleCrashed: the rule failed.
        """
        subject = Open(rule=rule.id, urn=operation.urn)
        messages = self._consumed(subject, partial(rule.violations, operation, limits))
        return [Finding(rule=rule.id, urn=operation.urn, message=each) for each in messages]

    def _consumed(self, subject: Open, tell: Callable[[], Iterable[Any]]) -> list[Any]:
        """What a rule says until it ends, or until it reads a value that is not known yet."""
        found = []
        try:
            for each in tell():
                found.append(each)  # noqa: PERF402 - what was said before a value was missing counts
        except self.unknown:
            self.undecided.add(subject)
        except Exception as error:
            told = subject.urn or "the stack"
            raise RuleCrashed(
                f"rule {subject.rule} failed on {told}: {type(error).__name__}: {error}. "
                "It is no verdict: mend the rule"
            ) from error
        return found

    def _found(self, rule: AnyRule, violations: Sequence[Violation]) -> list[Finding]:
        found = [
            Finding(
                rule=rule.id,
                urn=each.urn,
                message=each.message,
                waiver=self.waivers.exempting(rule.id, each.urn, self.today),
            )
            for each in violations
        ]
        self.findings += found
        return found

    def about_waivers(self) -> Iterator[str]:
        """Say what is wrong with the waivers, after everything was judged.

        A waiver of another stack is judged there.
        """
        stacks = set(map(stack_of, self.seen))
        for waiver in self.waivers.all:
            if waiver.stack in stacks:
                yield from (f"{waiver.told} {each}" for each in self._wrong_with(waiver))

    def _wrong_with(self, waiver: Waiver) -> Iterator[str]:
        """The first thing that is wrong with a waiver of a stack that was judged."""
        number = sum(map(waiver.names, self.seen))
        is_needed = any(each.rule == waiver.rule and waiver.names(each.urn) for each in self.findings)
        if not is_needed and not self._is_open(waiver):
            yield "exempts nothing: remove it"
        elif self.today > waiver.expires:
            yield f"has expired on {waiver.expires}: mend the resource, or renew it"
        elif waiver.expires - self.today > LONGEST:
            yield f"holds until {waiver.expires}, more than {LONGEST.days} days: name an earlier day"
        elif number > BROAD:
            yield f"covers {number} resources, more than {BROAD}: name the resources, or change the rule"

    def _is_open(self, waiver: Waiver) -> bool:
        return any(
            each.rule == waiver.rule and (each.is_whole or waiver.names(each.urn)) for each in self.undecided
        )
