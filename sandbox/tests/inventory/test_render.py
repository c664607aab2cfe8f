"""An inventory as people read it."""

import pytest

from slipway_sandbox.inventory.model import Item, Kind, Place, Source
from slipway_sandbox.inventory.render import rendered


def place(count: int) -> Place:
    """A stack with so many buckets."""
    items = tuple(Item(name=f"bucket-{number}") for number in range(count))
    kind = Kind(name="S3 buckets", source=Source.AWS, items=items)
    return Place(stack="dev", account="222233334444", kinds=(kind,))


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_names_that_are_left_out_are_counted_and_can_be_had(format_: str) -> None:
    """A list that ends without a word would pass for the whole."""
    told = rendered([place(6)], format_)
    assert "bucket-3 and 2 more" in told
    assert told.endswith("\n\nall names: slipway sandbox inventory --stack dev --format json")


def test_a_whole_list_has_no_note() -> None:
    """Nothing is left out."""
    assert rendered([place(4)], "text") == (
        "dev (AWS account 222233334444)\n"
        "  S3 buckets     4  bucket-0, bucket-1, bucket-2, bucket-3 [asked from AWS]"
    )
