"""The steps that make locked Python environments with uv."""

from collections.abc import Sequence
from pathlib import Path

from toolchain.installer import prerequisites
from toolchain.installer.commands import Commands
from toolchain.installer.display import Display
from toolchain.installer.layout import Layout
from toolchain.installer.problems import Missing
from toolchain.installer.stamps import Stamp, digest
from toolchain.installer.steps import StepName
from toolchain.installer.uv import Uv


class Environments:
    """One step: the environments of some uv projects, each in its own `.venv`.

    Attributes:
        name: the step's name.
    """

    def __init__(self, layout: Layout, *, name: StepName, projects: Sequence[Path], space: int) -> None:
        self.name = name
        self._layout = layout
        self._projects = projects
        self._space = space
        self._uv = Uv(layout)
        self._stamp = Stamp(layout.stamps / f"{name}.json")

    def is_current(self) -> bool:
        """Tell whether every environment was made from the present lock file."""
        return self._stamp.matches(self._key())

    def missing(self) -> list[Missing]:
        """Name what getting uv would lack."""
        return self._uv.missing()

    def space(self) -> dict[Path, int]:
        """Return what the environments take."""
        return {self._layout.root: self._space}

    def run(self, commands: Commands, display: Display) -> None:
        """Make each environment equal to its lock file."""
        uv = self._uv.get(commands, display)
        for number, project in enumerate(self._projects, 1):
            label = f"environment {number} of {len(self._projects)} ({self._label(project)})"
            display.status(label)

            def show(line: str, label: str = label) -> None:
                display.status(f"{label}: {line.strip()}")

            # Compiled here, once: checks of what nobody has reviewed write nothing into an environment, and
            # would compile it anew in each run.
            commands.run([uv, "sync", "--frozen", "--compile-bytecode"], cwd=project, listener=show)
        self._stamp.write(self._key(), [project / ".venv" / "bin" / "python" for project in self._projects])

    def _key(self) -> str:
        parts: list[str | Path] = [self._uv.pins]
        for project in self._projects:
            parts += [str(project), project / "pyproject.toml", project / "uv.lock"]
        return digest(parts)

    def _label(self, project: Path) -> str:
        return "slipway" if project == self._layout.root else str(project.relative_to(self._layout.root))


def product_environments(layout: Layout) -> Environments:
    """The environments of Slipway itself and of its sandbox."""
    projects = [layout.root, layout.root / "sandbox"]
    return Environments(layout, name=StepName.PYTHON, projects=projects, space=2 * prerequisites.GIB)


def tool_environments(layout: Layout) -> Environments:
    """One environment for each tool whose dependencies clash with ours: Airflow, dbt, Spark and others."""
    projects = sorted(found.parent for found in (layout.toolchain / "envs").glob("*/pyproject.toml"))
    return Environments(layout, name=StepName.ENVS, projects=projects, space=4 * prerequisites.GIB)
