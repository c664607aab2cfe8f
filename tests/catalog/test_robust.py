"""Whatever the files hold, lint answers with findings that a person can act on."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog import lint_workspace
from tests.doubles.workspace_folder import FILES, WorkspaceFolder

DOCUMENTS = sorted(path for path in FILES if path.endswith(".yaml") and "odcs" not in path)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.dates(), st.just("a: b")
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> WorkspaceFolder:
    """One folder for all examples; each writes its file and puts it back."""
    return WorkspaceFolder(tmp_path_factory.mktemp("robust") / "finedge")


def _fields(document: Any) -> list[tuple[Any, Any]]:
    """Every place in a document, as its container and key."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    below = [(key, item) for key, item in items if isinstance(item, dict | list)]
    here = [(document, key) for key in (document if isinstance(document, dict) else range(len(document)))]
    return here + [field for _, item in below for field in _fields(item)]


def assert_actionable(root: Path) -> None:
    """Every finding names a place that exists, says what is wrong and what to do, in two printable lines."""
    for finding in lint_workspace(root).findings:
        lines = (root / finding.path).read_bytes().count(b"\n") + 2
        assert 1 <= finding.line <= lines
        assert finding.column >= 1
        assert finding.message
        assert finding.remedy
        assert len(str(finding).splitlines()) == 2
        assert str(finding).replace("\n", "").isprintable()


@given(path=st.sampled_from(DOCUMENTS), data=st.data())
def test_any_value_in_any_field(shared: WorkspaceFolder, path: str, data: st.DataObject) -> None:
    """A list where text belongs, fields where a list belongs, nothing: a finding, never a traceback."""
    document = yaml.safe_load(FILES[path])
    container, key = data.draw(st.sampled_from(_fields(document)))
    container[key] = data.draw(values)
    shared.write(path, yaml.safe_dump(document, sort_keys=False))
    try:
        assert_actionable(shared.root)
    finally:
        shared.write(path, FILES[path])


damages = st.tuples(st.integers(0, 600), st.integers(0, 40), st.binary(max_size=6))


@given(path=st.sampled_from(DOCUMENTS), damage=damages)
def test_any_damage_to_the_text(shared: WorkspaceFolder, path: str, damage: tuple[int, int, bytes]) -> None:
    """A slip of the keyboard, a broken merge, a wrong encoding."""
    (at, length, text), content = damage, FILES[path].encode()
    shared.write(path, content[:at] + text + content[at + length :])
    try:
        assert_actionable(shared.root)
    finally:
        shared.write(path, FILES[path])
