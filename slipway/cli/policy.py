"""`slipway policy`: which rules there are, what they say of a stack, what is exempt and until when."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer

from slipway.cli import policy_adopt, wiring
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.policy_junit import junit as junit_of
from slipway.cli.policy_sarif import sarif as sarif_of
from slipway.cli.policy_view import render_policies, render_policy, render_verdict, render_waivers
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode, SlipwayError, UsageError
from slipway.model.nearest import near
from slipway.model.policy_report import PolicyPack, PolicyReport

app = typer.Typer(rich_markup_mode=None)
app.command("adopt")(policy_adopt.command)


class NoSuchRule(UsageError):  # noqa: N818 - it says what is the case
    """No rule has this name."""


class NothingToJudge(UsageError):  # noqa: N818 - same
    """Neither a state nor a stack was named, or both were."""


class UnwritableReport(SlipwayError):  # noqa: N818 - same
    """A report cannot be written where it was asked for."""


PackOption = Annotated[
    PolicyPack,
    typer.Option("--pack", metavar="PACK", help="baseline or production: how strictly rules hold."),
]

ConfigurationOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Levels and thresholds over the pack's own, as Pulumi's --policy-pack-config takes them.",
        show_default=False,
    ),
]


_PRODUCTION: Final = PolicyPack.PRODUCTION


@app.callback()
def _policy() -> None:
    """Which rules there are, what they say of a stack, what is exempt and until when."""


@app.command("list")
def _list(
    *,
    pack: PackOption = _PRODUCTION,
    configuration: ConfigurationOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """List every rule: what a violation does in a pack, what it would cost, why the rule exists."""
    typer.echo(render_policies(wiring.build_policies().rules(pack, configuration), style))


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's name, as findings tell it.")],
    *,
    pack: PackOption = _PRODUCTION,
    configuration: ConfigurationOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Explain one rule: why it exists, what to do about a violation, its thresholds, what it looks at."""
    rules = wiring.build_policies().rules(pack, configuration).rules
    found = next((each for each in rules if each.id == rule), None)
    if found is None:
        close = near(rule, (each.id for each in rules))
        meant = f"did you mean {' or '.join(close)}? " if close else ""
        raise NoSuchRule(f"there is no rule {rule}", remedy=f"{meant}slipway policy list names every rule")
    typer.echo(render_policy(found, pack, style))


@app.command()
def check(
    context: typer.Context,
    *,
    stack: Annotated[
        StackName | None,
        typer.Option(
            "--stack", "-s", metavar="STACK", help="Judge the state of this stack.", show_default=False
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="Judge this file, which `pulumi stack export` wrote; no backend is asked.",
            show_default=False,
        ),
    ] = None,
    pack: PackOption = _PRODUCTION,
    configuration: ConfigurationOption = None,
    sarif: Annotated[
        Path | None,
        typer.Option("--sarif", metavar="FILE", help="Write findings as SARIF 2.1.0.", show_default=False),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write findings as JUnit XML.", show_default=False),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", metavar="FILE", help="Write the report as JSON.", show_default=False),
    ] = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Judge a stack as it is, by the same rules that judge every preview and update.

    It needs no program and no provider. Waived violations are told as waived; a waiver that has expired,
    exempts nothing or exempts too much is a finding. What cannot be judged, because a secret is encrypted, is
    no pass: export the stack with --show-secrets, or let `pulumi preview` judge.

    \b
    Examples:
      slipway policy check -s prod
      pulumi stack export -s prod --file prod.json && slipway policy check --state prod.json --sarif p.sarif

    Exits with 1 when something mandatory is violated or could not be judged.
    """  # noqa: D301 - a backspace is how click is told to keep lines
    reporter = console_of(context).reporter
    with reporter.task("judging the stack"):
        report = _judged(stack, state, pack, configuration)
    typer.echo(render_verdict(report, style))
    if sarif is not None:
        _put(sarif, json.dumps(sarif_of(report), indent=2).encode())
    if junit is not None:
        _put(junit, junit_of(report))
    if evidence is not None:
        _put(evidence, report.model_dump_json(indent=2).encode())
    raise typer.Exit(ExitCode.OK if report.passed else ExitCode.FINDINGS)


def _judged(
    stack: StackName | None, state: Path | None, pack: PolicyPack, configuration: Path | None
) -> PolicyReport:
    if (stack is None) == (state is None):
        raise NothingToJudge(
            "there is a stack to be named, or a file", remedy="give one of --stack STACK and --state FILE"
        )
    policies = wiring.build_policies()
    if state is not None:
        return policies.judge(pack, configuration, state)
    if stack is None:
        raise AssertionError
    with TemporaryDirectory(prefix="slipway-state-") as folder:
        exported = Path(folder) / f"{stack}.json"
        wiring.export_stack(stack, exported)
        return policies.judge(pack, configuration, exported)


@app.command()
def waivers(*, style: FormatOption = Format.TEXT) -> None:
    """Tell what is exempt from which rule, by whom, and how many days that holds; and what is left to mend.

    What was wrong already when a resource was adopted is counted by layer and rule: that number only falls.
    """
    typer.echo(render_waivers(wiring.build_policies().waivers(), _today(), style))


def _today() -> date:
    return datetime.now(UTC).date()


def _put(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UnwritableReport(
            f"{path} cannot be written: {error.strerror}", remedy="name a file in a folder that there is"
        ) from error
