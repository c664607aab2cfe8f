"""Has the platform's own formatter lay files out, and its linter take away imports that are not needed."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from slipway.adopt.faults import NotWrappable
from slipway.ports.tools import Tool, ToolCall, ToolRunner

_SETTINGS: Final = "pyproject.toml"
_FIRST_PARTY: Final = 'lint.isort.known-first-party=["components", "slipway", "stacks"]'
_IMPORTS: Final = ("check", "--quiet", "--select", "F401,I", "--fix")
_FORMAT: Final = ("format", "--quiet")


def laid_out(files: Mapping[str, str], platform: Path, tools: ToolRunner) -> dict[str, str]:
    """Return files as the platform's settings have Python look.

    Args:
        files: contents by path below the platform's folder.
        platform: the folder with the settings.
        tools: runs the formatter.

    Raises:
        NotWrappable: the formatter takes a file for no Python.
        ToolMissing: there is no formatter.
    """
    with tempfile.TemporaryDirectory(prefix="slipway-wrap-") as folder:
        for path, content in files.items():
            _put(Path(folder) / path, content)
        for words in (_IMPORTS, _FORMAT):
            arguments = (
                *words,
                "--no-cache",
                "--config",
                str(platform / _SETTINGS),
                "--config",
                _FIRST_PARTY,
                ".",
            )
            ended = tools.run(ToolCall(tool=Tool.RUFF, arguments=arguments, folder=Path(folder)))
            if ended.exit_code != 0:
                raise NotWrappable(
                    f"what would be written is not well-formed: {(ended.output + ended.errors).strip()}",
                    remedy="say so to who maintains slipway, with the layer's file",
                )
        return {path: (Path(folder) / path).read_text(encoding="utf-8") for path in files}


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
