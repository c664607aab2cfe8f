"""Which resource of a stack another one is about.

Where a value comes from tells it, known or not. A resource that was imported, or that names another one by
hand, has a plain value instead: then equal values tell it.
"""

from collections.abc import Iterable

from policies.rules.rule import Graph, Node


def lower(name: str) -> str:
    """Return what a type token has before its class: `BucketPolicy` is `aws:s3/bucketPolicy:BucketPolicy`."""
    return name[0].lower() + name[1:]


def s3_types(name: str) -> tuple[str, str]:
    """Return both tokens of a type of S3: the SDK keeps the one that was current in its version 6."""
    return f"aws:s3/{lower(name)}:{name}", f"aws:s3/{lower(name)}V2:{name}V2"


BUCKETS = s3_types("Bucket")


def is_pointed_at(graph: Graph, target: Node, pointers: Iterable[Node], by: str, name: str) -> bool:
    """Whether a property of some resource is about a target.

    Args:
        graph: of the stack.
        target: the resource.
        pointers: those that may be about it.
        by: the property.
        name: the target's property that it has the value of, where it does not come from a resource.
    """
    known = list(pointers)
    if any(target.resource.urn in each.sources.get(by, ()) for each in known):
        return True
    loose = [each for each in known if not _is_about_another(graph, target, each, by)]
    return any(
        value == target.resource.properties.get(name)
        for each in loose
        if (value := each.resource.properties.get(by))
    )


def _is_about_another(graph: Graph, target: Node, pointer: Node, by: str) -> bool:
    others = (graph.by_urn.get(urn) for urn in pointer.sources.get(by, ()))
    return any(other is not None and other.resource.type == target.resource.type for other in others)


def is_bare(graph: Graph, bucket: Node, *companions: str) -> bool:
    """Whether nothing of some types speaks of a bucket.

    What a bucket itself says of versions, encryption and the like is deprecated by its provider, and does not
    count.
    """
    return not is_pointed_at(graph, bucket, graph.of(*companions), by="bucket", name="bucket")
