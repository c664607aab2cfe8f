"""How EC2's data sources choose: filters, tags, and exactly one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slipway_sandbox.provider.contract import Properties


def filters(args: Properties, **by: str) -> list[dict[str, Any]]:
    """EC2's filters from `filters`, `tags` and single arguments.

    Args:
        args: the data source's arguments.
        by: argument -> the filter's name, e.g. vpcId="vpc-id".
    """
    own = [{"Name": f["name"], "Values": [str(v) for v in f["values"]]} for f in args.get("filters") or []]
    tags = [{"Name": f"tag:{key}", "Values": [value]} for key, value in (args.get("tags") or {}).items()]
    single = [
        {"Name": name, "Values": [str(args[key]).lower() if isinstance(args[key], bool) else str(args[key])]}
        for key, name in by.items()
        if args.get(key) not in (None, "", False)
    ]
    return own + tags + single


def only(items: Sequence[Any], noun: str, args: Properties) -> Any:
    """The one item that was found.

    Raises:
        ProviderFault: none or several match; the message names what was looked for.
    """
    asked = ", ".join(
        f"{key}={value!r}" for key, value in sorted(args.items()) if value not in (None, [], {})
    )
    if not items:
        raise ProviderFault(f"no {noun} matches {asked or 'an empty query'}")
    if len(items) > 1:
        raise ProviderFault(
            f"{len(items)} {noun}s match {asked or 'an empty query'}", remedy="narrow the query to one"
        )
    return items[0]
