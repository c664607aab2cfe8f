"""Names of what is written: classes, modules, attributes, arguments. Pure."""

import keyword
import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z0-9]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ARN: Final = re.compile(r"arn:aws[\w-]*:(?P<service>[^:]+):[^:]*:(?P<account>[^:]*):(?P<rest>.+)", re.DOTALL)
_OPAQUE: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?:acl|ami|eipalloc|eni|i|igw|lt|nat|pcx|rtb|sg|subnet|tgw|vpc|vpce)-[0-9a-f]{8,17}"
)
_AWS_OWN: Final = "aws"
_NOUNS: Final = {
    "dynamodb": "table",
    "events": "rule",
    "kinesis": "stream",
    "kms": "key",
    "lambda": "function",
    "s3": "bucket",
    "secretsmanager": "secret",
    "sns": "topic",
    "sqs": "queue",
}
"""What the object of an ARN is, where its service has one kind that others are given."""
_ENDINGS: Final = ("_arns", "_arn", "_ids", "_id", "_names", "_name", "_url")
_GENERIC: Final = frozenset({"this", "main", "default", "self"})
"""What Terraform's modules call a resource that needs no name."""


def class_name(words: Iterable[str]) -> str:
    """Join words as the name of a class: `batch_pipeline` is `BatchPipeline`."""
    parts = [part for word in words for part in _WORD.findall(word)]
    joined = "".join(part[:1].upper() + part[1:] for part in parts)
    return f"The{joined}" if not joined[:1].isalpha() else joined


def name_of_calls(calls: Sequence[str]) -> str:
    """Name a module after its calls: by the words in which all begin or end, else by the first ones."""
    if len(calls) == 1:
        return calls[0]
    words = [_WORD.findall(each) for each in calls]
    end = _alike([each[::-1] for each in words])[::-1]
    if found := end or _alike(words):
        return "_".join(found)
    return "_and_".join([calls[0], calls[1] if len(calls) == 2 else "others"])  # noqa: PLR2004 - a pair


def _alike(rows: Sequence[Sequence[str]]) -> list[str]:
    """What all rows begin with."""
    columns = zip(*rows, strict=False)
    return [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]


def snake(text: str) -> str:
    """Write a name as Python writes those of variables and modules: `EventRule` is `event_rule`."""
    joined = "_".join(part for word in _WORD.findall(text) for part in _HUMP.split(word)).lower()
    if not joined[:1].isalpha():
        joined = f"a_{joined}"
    return f"{joined}_" if keyword.iskeyword(joined) else joined


def constant(name: str) -> str:
    """Name a constant of a module."""
    return f"_{snake(name).upper()}"


def plural(name: str) -> str:
    """Name several of them."""
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2:-1] not in "aeiou" else f"{name}s"


def words_of(name: str) -> str:
    """Write a name as prose has it: `batch_pipeline` is `batch pipeline`."""
    return snake(name).rstrip("_").replace("_", " ")


def attribute_names(resources: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Name the resources of a module.

    Args:
        resources: name in Terraform, and Pulumi's class, of each.

    Returns:
        An attribute of each: `schedule`; `log_group` of one called `this`; `zone_bucket` where there are two.
    """
    pairs = list(resources)
    named = [name for name, _ in pairs]
    found: dict[tuple[str, str], str] = {}
    for name, class_ in pairs:
        own, kind = snake(name), snake(class_)
        simple = kind if name in _GENERIC else own if named.count(name) == 1 else f"{own}_{kind}"
        taken = set(found.values()) | {"name", "child", "part", "publish", "separator", "token"}
        found[name, class_] = simple if simple not in taken else f"{own}_{kind}_resource"
    return found


def is_arn(value: str) -> bool:
    """Whether a text is the ARN of an object of some account."""
    found = _ARN.fullmatch(value)
    return found is not None and found["account"] != _AWS_OWN


def is_elsewhere(value: str) -> bool:
    """Whether a text names an object, and nothing but one: an ARN, or an id that a cloud has made."""
    return is_arn(value) or _OPAQUE.fullmatch(value) is not None


def name_of_object(value: str, argument: str) -> str:
    """Name the argument that takes an object from elsewhere: `topic_arn`, `role_arn`, `kms_key_id`."""
    found = _ARN.fullmatch(value)
    if found is None:
        return argument[:-1] if argument.endswith("_ids") else argument
    noun = _NOUNS.get(found["service"]) or _WORD.findall(found["rest"])[0]
    return argument if argument.endswith(f"{noun}_arn") else f"{snake(noun)}_arn"


def points_at(argument: str, class_: str) -> bool:
    """Whether an argument's name says that it takes an object of a class: `rule` one of `EventRule`."""
    base = argument
    for ending in _ENDINGS:
        if base.endswith(ending):
            base = base.removesuffix(ending)
            break
    else:
        if base in {"name", "id", "arn", "url"}:
            return False
    return snake(class_).split("_")[-1] == base.split("_")[-1]
