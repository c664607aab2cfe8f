"""`catalog-lint`: every rule of `slipway catalog lint`, on the workspace at head."""

from slipway.catalog import NoWorkspaceError, lint_workspace
from slipway.catalog.files import SETTINGS
from slipway.checks.context import CheckContext, Tell
from slipway.checks.names import CheckName
from slipway.checks.outcomes import judged, problem
from slipway.model.evidence import CheckOutcome, Finding


def check(context: CheckContext, tell: Tell) -> CheckOutcome:
    """Lint the catalog."""
    tell("reading the catalog")
    return judged(
        CheckName.CATALOG_LINT, tool="slipway catalog", subjects=(SETTINGS,), findings=_findings(context)
    )


def _findings(context: CheckContext) -> list[Finding]:
    try:
        found = lint_workspace(context.head).findings
    except NoWorkspaceError:
        remedy = f"commit {SETTINGS}, or name the workspace's folder with --workspace DIR"
        return [problem("no-workspace", "", f"the commit has no {SETTINGS}", remedy=remedy)]
    return [
        problem(
            each.rule,
            each.path,
            f"{each.field}: {each.message}" if each.field else each.message,
            line=each.line,
            remedy=each.remedy,
        )
        for each in found
    ]
