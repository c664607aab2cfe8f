"""A release, written for people, programs and pull requests."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.digest import short
from slipway.model.parts import Artifact
from slipway.model.release import Manifest, MergedPullRequest, Release, ReviewState


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is said of an artifact beside what the manifest says of it, such as `written` or `changed`."""

    column: str
    by_part: Mapping[str, str]


def render_release(release: Release, style: Format, remark: Remark | None = None) -> str:
    """Write what a release is.

    Args:
        release: verified, or about to be written.
        style: how to write it.
        remark: what else is known of its artifacts.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_lines(release, remark))
        case Format.JSON:
            return json.dumps(plain_release(release, remark), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(release, remark))
        case _:
            assert_never(style)


def plain_release(release: Release, remark: Remark | None = None) -> dict[str, Any]:
    """The release as JSON values: its digest, its manifest, and the remarks by part."""
    plain: dict[str, Any] = {"release": release.digest, "manifest": release.manifest.model_dump(mode="json")}
    return plain if remark is None else plain | {remark.column: dict(remark.by_part)}


def _lines(release: Release, remark: Remark | None) -> Iterator[str]:
    yield f"release {release.digest}"
    for name, value in _facts(release.manifest):
        yield f"  {name:<10} {value}"
    for artifact in release.manifest.artifacts:
        content = f"{short(artifact.digest)} {artifact.size:>9} bytes"
        yield f"  {artifact.part!s:<30} {content}{_said(artifact, remark)}"
    yield from (f"  {part:<30} removed" for part in release.manifest.removed)
    yield from (f"  {line}" for line in _changes(release.manifest))


def _facts(manifest: Manifest) -> Sequence[tuple[str, str]]:
    return (
        ("repository", manifest.repository),
        ("commit", manifest.commit),
        ("base", manifest.base),
        ("tree", manifest.tree),
        ("evidence", ", ".join(short(digest) for digest in manifest.evidence) or "no check run passed on it"),
        ("slipway", manifest.slipway),
    )


def _said(artifact: Artifact, remark: Remark | None) -> str:
    return "" if remark is None else f"  {remark.by_part.get(str(artifact.part), '')}".rstrip()


def _changes(manifest: Manifest) -> Iterator[str]:
    yield from (_request(request) for request in manifest.pull_requests)
    for commit in manifest.direct_commits:
        yield f"{commit.sha[:12]} {commit.title} (pushed by {commit.author}, not reviewed)"


def _request(request: MergedPullRequest) -> str:
    approved = [review.login for review in request.reviews if review.state is ReviewState.APPROVED]
    reviewed = f"approved by {', '.join(approved)}" if approved else "approved by nobody"
    return f"#{request.number} {request.title} (by {request.author}, {reviewed})"


def _markdown(release: Release, remark: Remark | None) -> Iterator[str]:
    yield f"**Release `{short(release.digest)}`**"
    yield ""
    yield from (f"- {name}: `{value}`" for name, value in _facts(release.manifest))
    yield ""
    extra = "" if remark is None else f" {remark.column} |"
    yield f"| part | artifact | bytes |{extra}"
    yield "|---|---|---|" + ("" if remark is None else "---|")
    for artifact in release.manifest.artifacts:
        said = "" if remark is None else f" {markdown_cell(_said(artifact, remark).strip())} |"
        yield f"| {artifact.part} | `{short(artifact.digest)}` | {artifact.size} |{said}"
    yield from (
        f"| {part} | removed | |" + ("" if remark is None else " |") for part in release.manifest.removed
    )
    yield ""
    yield from (f"- {markdown_cell(line)}" for line in _changes(release.manifest))
