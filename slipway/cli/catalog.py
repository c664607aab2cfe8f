"""`slipway catalog`: check and read a workspace."""

import json
from pathlib import Path
from typing import Annotated

import typer

from slipway.catalog import lint_workspace, load_workspace
from slipway.catalog.graph import Node, NodeKind, flow_of
from slipway.catalog.owners import CODEOWNERS, code_owners
from slipway.catalog.schema import DocumentKind, schema_of
from slipway.cli.console import Format, FormatOption, console_of
from slipway.cli.findings_view import render_lint
from slipway.cli.graph_view import render_flow
from slipway.cli.owners_view import render_owners
from slipway.cli.workspace_option import WorkspaceOption, workspace_root
from slipway.cli.workspace_view import render_pipeline, render_workspace
from slipway.model.counted import counted
from slipway.model.errors import DependencyError, ExitCode

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
        reporter.step(f"{counted(len(outcome.workspace.pipelines), 'pipeline')}, no findings")
        return
    if outcome.unchecked:
        reporter.warning(
            f"not checked until every catalogue file can be read: {', '.join(outcome.unchecked)}"
        )
    reporter.step(counted(len(outcome.findings), "finding"))
    raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def show(
    context: typer.Context,
    pipeline: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Its name; without it, all of them.")
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
def owners(
    context: typer.Context,
    *,
    write: Annotated[bool, typer.Option("--write", help=f"Write it into {CODEOWNERS} too.")] = False,
    workspace: WorkspaceOption = None,
    style: FormatOption = Format.TEXT,
) -> None:
    """Show who has to review which files, as GitHub reads it from CODEOWNERS.

    A pipeline's files are its owner's: catalogue file, parts and contracts. What decides who may do what
    (slipway.yaml, the team's file, .github) belongs to those with the role control-owner. Commit what --write
    makes: `slipway catalog lint` finds a file that is missing or not current.
    """
    root = workspace_root(workspace)
    reporter = console_of(context).reporter
    model = load_workspace(root)
    result = render_owners(model, style)
    if write:
        _write(root / CODEOWNERS, code_owners(model))
        reporter.step(f"{CODEOWNERS} is written: commit it")
    typer.echo(result)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DependencyError(
            f"{path} cannot be written: {error.strerror}", remedy="give yourself the right to write it"
        ) from error


@app.command()
def schema(
    kind: Annotated[DocumentKind, typer.Argument(metavar="KIND", help="pipeline, workspace or team.")],
) -> None:
    """Print the JSON Schema of a kind of file, for editors.

    Write it to a file, and name that file in the first line of a catalogue file; the YAML language server
    then completes and checks its fields. For example:

    slipway catalog schema pipeline > pipeline.schema.json

    # yaml-language-server: $schema=../pipeline.schema.json
    """
    typer.echo(json.dumps(schema_of(kind), indent=2))
