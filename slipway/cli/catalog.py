"""`slipway catalog`: check and read a workspace."""

import json
from typing import Annotated

import typer

from slipway.catalog import lint_workspace, load_workspace
from slipway.catalog.graph import Node, NodeKind, flow_of
from slipway.catalog.schema import DocumentKind, schema_of
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.findings_view import render_lint
from slipway.cli.graph_view import render_flow
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.cli.workspace_view import render_pipeline, render_workspace
from slipway.model.errors import ExitCode

app = typer.Typer(rich_markup_mode=None)


@app.command()
def lint(
    context: typer.Context, *, workspace: WorkspaceOption = None, style: FormatOption = Format.TEXT
) -> None:
    """Check the whole workspace: every file, field and reference.

    Each finding names file, line, column and field, says what is wrong and what to write instead; all of them
    are reported, not only the first. docs/reference/catalog-rules.md explains each rule. Exits with 1 on
    findings.
    """
    reporter = console_of(context).reporter
    root = workspace_root(workspace)
    outcome = lint_workspace(root)
    if (written := render_lint(root, outcome, style)) != "":
        typer.echo(written)
    if outcome.workspace is not None:
        reporter.step(f"{len(outcome.workspace.pipelines)} pipelines, no findings")
        return
    if outcome.unchecked:
        reporter.warning(
            f"not checked until every catalogue file can be read: {', '.join(outcome.unchecked)}"
        )
    reporter.step(f"{len(outcome.findings)} finding" + ("s" if len(outcome.findings) > 1 else ""))
    raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def show(
    context: typer.Context,
    pipeline: Annotated[
        str | None, typer.Argument(help="A pipeline's name; without it, all of them.")
    ] = None,
    *,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Show one pipeline, or the whole workspace.

    As JSON, a pipeline has the fields of its catalogue file (see `slipway catalog schema pipeline`) and its
    path.
    """
    root = workspace_root(workspace)
    console_of(context).reporter.detail(f"reading {root}")
    model = load_workspace(root)
    if pipeline is None:
        typer.echo(render_workspace(model, style))
    else:
        typer.echo(render_pipeline(model, model.pipeline(pipeline), style))


@app.command()
def graph(
    context: typer.Context,
    *,
    pipeline: Annotated[
        str | None,
        typer.Option(
            "--pipeline", metavar="NAME", help="Only what this pipeline reads from and who reads it."
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Draw how data flows: datasets, pipelines, datasets, consumers.

    As text a tree, as markdown a Mermaid chart for a pull request, as JSON nodes and edges.
    """
    root = workspace_root(workspace)
    console_of(context).reporter.detail(f"reading {root}")
    model = load_workspace(root)
    flow = flow_of(model)
    if pipeline is not None:
        flow = flow.around(Node(NodeKind.PIPELINE, model.pipeline(pipeline).name))
    typer.echo(render_flow(model, flow, style))


@app.command()
def schema(
    kind: Annotated[DocumentKind, typer.Argument(help="The kind of file.")],
) -> None:
    """Print the JSON Schema of a kind of file, for editors.

    Write it to a file, and name that file in the first line of a catalogue file; the YAML language server
    then completes and checks its fields. For example:

    slipway catalog schema pipeline > pipeline.schema.json

    # yaml-language-server: $schema=../pipeline.schema.json
    """
    typer.echo(json.dumps(schema_of(kind), indent=2))
