"""A shard is written I/N, and nothing else is one."""

import pytest

from slipway.model.shard import ALL, MOST, NoSuchShard, Shard


def test_a_shard_is_read_as_it_is_written() -> None:
    """Also the last of the most that there may be."""
    for text in ("1/1", "2/3", f"{MOST}/{MOST}"):
        assert str(Shard.parse(text)) == text
    assert Shard.parse("1/1") == ALL
    assert not Shard.parse("1/2").is_all


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "'x' is no shard"),
        ("", "'' is no shard"),
        ("1", "'1' is no shard"),
        ("-1/2", "'-1/2' is no shard"),
        ("1/2/3", "'1/2/3' is no shard"),
        ("3/2", "3/2: the shards of 2 are numbered from 1 to 2"),
        ("0/2", "0/2: the shards of 2 are numbered from 1 to 2"),
        ("0/0", "0/0: work is divided into 1 to 100 shards"),
        ("1/101", "1/101: work is divided into 1 to 100 shards"),
    ],
)
def test_what_is_no_shard_is_refused(text: str, message: str) -> None:
    """With the way to write one."""
    with pytest.raises(NoSuchShard) as caught:
        Shard.parse(text)
    assert caught.value.message == message
    assert caught.value.remedy == "write I/N, such as --shard 2/3 for the second of three"


@pytest.mark.parametrize(("number", "of"), [(3, 2), (0, 2), (1, 101)])
def test_evidence_cannot_name_a_shard_that_there_is_not(number: int, of: int) -> None:
    """What is read back is judged too."""
    with pytest.raises(ValueError, match=r"shard 3 is none of 2|greater than|less than"):
        Shard(number=number, of=of)
