"""AWS tags: a provider's default tags lie under a resource's own; neither shows up as drift of the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.values import Secret, Unknown, bare, is_unknown, secretly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Properties


@dataclass(frozen=True, kw_only=True)
class TagRules:
    """What a provider's configuration says about tags.

    Attributes:
        defaults: tags of every resource, unless it has its own of that key.
        ignored: keys that are never read back.
        ignored_prefixes: the same, by their beginning.
    """

    defaults: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    def merged(self, tags: Any) -> Any:
        """All tags of a resource: the defaults under its own; unknown when its own are."""
        if isinstance(tags, Unknown):
            return tags
        if isinstance(tags, Secret):
            return Secret(self.merged(tags.value))
        return {**self.defaults, **(tags or {})}

    def for_server(self, inputs: Properties) -> Properties:
        """Plain inputs whose `tags` and `tagsAll` are both the merged map."""
        merged = self.merged(inputs.get("tags"))
        return {**inputs, "tags": merged, "tagsAll": merged} if merged else inputs

    def read_back(self, given: Any, server: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """(tags, tagsAll) from what the server has; a default tag is the resource's own only if given."""
        own = bare(given) or {}
        everything = {key: value for key, value in server.items() if key in own or not self._is_ignored(key)}
        tags = {k: v for k, v in everything.items() if k in own or self.defaults.get(k) != v}
        return tags, everything

    def settled(self, given: Any, outputs: Properties) -> Properties:
        """The outputs with `tags` and `tagsAll` told apart; the program's own, where no server told any."""
        if not {"tags", "tagsAll"} & outputs.keys():
            return {**outputs, "tags": {} if given is None else given, "tagsAll": self.merged(given)}
        server = outputs.get("tagsAll") or outputs.get("tags") or {}
        tags, everything = self.read_back(given, server)
        return {**outputs, "tags": secretly(given, tags), "tagsAll": secretly(given, everything)}

    def _is_ignored(self, key: str) -> bool:
        return key in self.ignored or key.startswith(self.ignored_prefixes)


def changed(rules: TagRules, olds: Properties, news: Properties) -> bool:
    """Whether the merged tags differ from those a resource has; that is how new default tags reach it."""
    if "tagsAll" not in olds:
        return bool(rules.defaults)
    wanted = rules.merged(news.get("tags"))
    return is_unknown(wanted) or bare(wanted) != bare(olds["tagsAll"])
