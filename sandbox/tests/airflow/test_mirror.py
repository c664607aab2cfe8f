"""A DAG folder is what its bucket is, file by file, and nothing outside it is touched."""

from pathlib import Path
from typing import Any

import pytest

from slipway_sandbox.airflow.mirror import Mirror
from tests.aws.conftest import Cloud


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    """A client in prod's account."""
    return cloud.client("s3", cloud.session_in("prod"))


@pytest.fixture
def mirror(s3: Any, unique: str, tmp_path: Path) -> Mirror:
    """A mirror of a bucket that exists."""
    s3.create_bucket(Bucket=unique)
    folder = tmp_path / "dags"
    folder.mkdir()
    return Mirror(s3=s3, bucket=unique, prefix="dags", folder=folder)


def put(mirror: Mirror, key: str, text: str) -> None:
    """Write an object."""
    mirror.s3.put_object(Bucket=mirror.bucket, Key=key, Body=text.encode())


def shown(mirror: Mirror) -> dict[str, str]:
    """What the folder holds."""
    files = [path for path in mirror.folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(mirror.folder)): path.read_text(encoding="utf-8") for path in files}


def test_files_come_change_and_go(mirror: Mirror) -> None:
    """And a round without a change writes nothing."""
    put(mirror, "dags/a.py", "1")
    put(mirror, "dags/pack/__init__.py", "")
    put(mirror, "other/b.py", "not of the prefix")
    assert mirror.refresh() == 2
    assert shown(mirror) == {"a.py": "1", "pack/__init__.py": ""}
    assert mirror.refresh() == 0
    put(mirror, "dags/a.py", "22")
    assert mirror.refresh() == 1
    mirror.s3.delete_object(Bucket=mirror.bucket, Key="dags/pack/__init__.py")
    assert mirror.refresh() == 1
    assert shown(mirror) == {"a.py": "22"}


def test_a_folder_goes_with_its_last_file_and_python_s_cache(mirror: Mirror) -> None:
    """A package that was removed must not be importable from what Python has cached."""
    put(mirror, "dags/deep/pack/one.py", "")
    mirror.refresh()
    cache = mirror.folder / "deep/pack/__pycache__"
    cache.mkdir()
    (cache / "one.cpython-311.pyc").write_bytes(b"")
    mirror.s3.delete_object(Bucket=mirror.bucket, Key="dags/deep/pack/one.py")
    mirror.refresh()
    assert list(mirror.folder.iterdir()) == []


@pytest.mark.parametrize("key", ["dags/../escape.py", "dags//absolute.py", "dags/folder/"])
def test_a_key_that_is_no_file_of_the_folder_is_left_out(mirror: Mirror, key: str) -> None:
    """Keys may hold anything."""
    put(mirror, key, "x")
    put(mirror, "dags/good.py", "y")
    mirror.refresh()
    assert shown(mirror) == {"good.py": "y"}
    assert [path.name for path in mirror.folder.parent.iterdir()] == ["dags"]


def test_a_bucket_that_is_not_made_yet_is_an_empty_folder(s3: Any, unique: str, tmp_path: Path) -> None:
    """An Airflow runs before its stack comes up."""
    mirror = Mirror(s3=s3, bucket=unique, prefix="dags", folder=tmp_path)
    assert mirror.refresh() == 0
    s3.create_bucket(Bucket=unique)
    put(mirror, "dags/a.py", "1")
    assert mirror.refresh() == 1
