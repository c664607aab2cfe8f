"""Loads the generation of a pipeline's DAG files that the pipeline's pointer names. It runs inside Airflow.

`slipway` puts this file into the DAG folder, with one stub a pipeline that calls `load_dags`. It needs
Airflow 2.7 to 2.11 and nothing else. What it promises:

- a pipeline that cannot be loaded is one import error, of its stub, that names pipeline and generation; no
  other pipeline notices, and parsing one pipeline reads the files of that pipeline only;
- a generation that has not arrived completely is not loaded at all;
- helper modules of the same name in two generations are two modules;
- every DAG bears the generation that it was made from as a tag, so that its REST API tells what was parsed.
"""

import hashlib
import importlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "slipway"
POINTERS = "pointers"
MANIFEST = "slipway-generation.json"
GENERATION_TAG = "slipway-generation:"
PIPELINE_TAG = "slipway-pipeline:"

_SHORT = 12


class GenerationError(Exception):
    """A pipeline's DAGs cannot be loaded; the message names the pipeline, what it is about, and why."""


def load_dags(pipeline: str, stub: str) -> dict[str, Any]:
    """Load a pipeline's DAGs.

    Args:
        pipeline: whose.
        stub: the stub's `__file__`, in the DAG folder.

    Returns:
        What the stub puts among its names, where Airflow finds DAGs.

    Raises:
        GenerationError: pointer, files or code are not as they should be.
    """
    dag_folder = Path(stub).resolve().parent
    pointer = _read_json(
        dag_folder / FOLDER / POINTERS / f"{pipeline}.json", f"pipeline {pipeline}: its pointer"
    )
    if pointer["generation"] is None:
        return {}
    subject = f"pipeline {pipeline}, generation {_short(pointer['generation'])}"
    root = dag_folder / pointer["prefix"]
    names = _verified(root, subject)
    _make_importable(root, dag_folder, names)
    dags: dict[str, Any] = {}
    for name in names:
        if _is_dag_file(root, name):
            dags |= _dags_of(_executed(root, name, pointer["generation"], subject))
    for dag in dags.values():
        _mark(dag, pipeline, pointer["generation"], root)
    return dags


def _verified(root: Path, subject: str) -> list[str]:
    """The names of a generation's files, all of them there as they were published."""
    manifest = _read_json(root / MANIFEST, f"{subject}: its manifest")
    for name, digest in manifest["files"].items():
        path = root / name
        if not path.is_file():
            raise GenerationError(f"{subject}: {name} has not arrived yet")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise GenerationError(f"{subject}: {name} is not what was published")
    return sorted(manifest["files"])


def _read_json(path: Path, subject: str) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise GenerationError(f"{subject} has not arrived yet ({path.name})") from None
    except ValueError as error:
        raise GenerationError(f"{subject} is no JSON object ({path.name}): {error}") from None


def _make_importable(root: Path, dag_folder: Path, names: list[str]) -> None:
    """Let helpers be imported from this generation, and forget those of another one.

    As in a plain DAG folder, what is installed comes before helpers. A process that runs a task loads one
    pipeline, so imports inside a task find the helpers of its own generation.
    """
    ours = {name.split("/", 1)[0].removesuffix(".py") for name in names}
    for name, module in list(sys.modules.items()):
        if name.split(".", 1)[0] in ours and _is_foreign(module, root, dag_folder):
            del sys.modules[name]
    others = [place for place in sys.path if _is_below(place, dag_folder / FOLDER) and place != str(root)]
    for place in others:
        sys.path.remove(place)
    if str(root) not in sys.path:
        where = sys.path.index(str(dag_folder)) if str(dag_folder) in sys.path else len(sys.path)
        sys.path.insert(where, str(root))
    importlib.invalidate_caches()


def _is_foreign(module: ModuleType, root: Path, dag_folder: Path) -> bool:
    """Whether a module comes from the DAG folder, and not from this generation."""
    places = [module.__file__] if getattr(module, "__file__", None) else list(getattr(module, "__path__", []))
    return any(_is_below(place, dag_folder) and not _is_below(place, root) for place in places if place)


def _is_below(place: str, folder: Path) -> bool:
    return Path(place).is_relative_to(folder)


def _is_dag_file(root: Path, name: str) -> bool:
    """Whether a file is executed for its DAGs: by the words that Airflow looks for, in the top folder."""
    if "/" in name or not name.endswith(".py"):
        return False
    content = (root / name).read_bytes().lower()
    return b"dag" in content and b"airflow" in content


def _executed(root: Path, name: str, generation: str, subject: str) -> ModuleType:
    """The module of a DAG file, under a name that no other generation uses."""
    module_name = f"slipway_{_short(generation)}_{name.removesuffix('.py')}"
    spec = importlib.util.spec_from_file_location(module_name, root / name)
    if spec is None or spec.loader is None:
        raise GenerationError(f"{subject}: {name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise GenerationError(f"{subject}: {name}: {type(error).__name__}: {error}") from error
    return module


def _dags_of(module: ModuleType) -> dict[str, Any]:
    """DAGs that are names of the module, and those that a `with` block has registered with Airflow."""
    from airflow.models.dag import DAG, DagContext  # noqa: PLC0415 - only Airflow has it

    named = [value for value in vars(module).values() if isinstance(value, DAG)]  # noqa: AIR311 - Airflow 2
    registered = [dag for dag, _ in getattr(DagContext, "autoregistered_dags", ())]
    return {dag.dag_id: dag for dag in [*registered, *named]}


def _mark(dag: Any, pipeline: str, generation: str, root: Path) -> None:
    """Say on a DAG what it was made from, and where its template files are (not beside the stub)."""
    own = {f"{GENERATION_TAG}{generation.removeprefix('sha256:')}", f"{PIPELINE_TAG}{pipeline}"}
    dag.tags = type(dag.tags or [])({*(dag.tags or ()), *own})
    searched = dag.template_searchpath or []
    dag.template_searchpath = [str(root), *([searched] if isinstance(searched, str) else searched)]


def _short(generation: str) -> str:
    return generation.removeprefix("sha256:")[:_SHORT]
