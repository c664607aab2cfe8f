"""github.RepositoryRuleset and github.OrganizationRuleset: one vocabulary of rules, two scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.github.client import github
from slipway_sandbox.provider.github.resource import GithubType
from slipway_sandbox.provider.github.shapes import camel, completed, from_rest, snake, to_rest

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.github.client import Github

_SWITCHES = ("creation", "deletion", "nonFastForward", "requiredLinearHistory", "requiredSignatures")
_FETCH_AND_MERGE = "updateAllowsFetchAndMerge"
_TYPES = {"requiredCodeScanning": "code_scanning", "requiredWorkflows": "workflows"}
_FIELDS = {
    "required_status_checks": ("requiredChecks", "required_status_checks"),
    "code_scanning": ("requiredCodeScanningTools", "code_scanning_tools"),
    "workflows": ("requiredWorkflows", "workflows"),
}
"""The rules whose list Pulumi names otherwise: rule type -> (Pulumi's field, GitHub's field)."""


def rules_to_rest(rules: Properties) -> list[Properties]:
    """Pulumi's block of rules as GitHub's list, in an order of its own: a block has none."""
    found: list[Properties] = [{"type": snake(name)} for name in _SWITCHES if rules.get(name)]
    if rules.get("update"):
        parameters = {snake(_FETCH_AND_MERGE): bool(rules.get(_FETCH_AND_MERGE))}
        found.append({"type": "update", "parameters": parameters})
    for name, block in sorted(rules.items()):
        if isinstance(block, dict):
            found.append(_rule_to_rest(name, block))
    return found


def _rule_to_rest(name: str, block: Properties) -> Properties:
    kind = _TYPES.get(name, snake(name))
    parameters = to_rest(block)
    if kind in _FIELDS:
        theirs, ours = _FIELDS[kind]
        parameters[ours] = parameters.pop(snake(theirs))
    return {"type": kind, "parameters": parameters}


def rules_from_rest(rules: list[Any]) -> Properties:
    """GitHub's list as Pulumi's block."""
    names = {kind: name for name, kind in _TYPES.items()}
    found: Properties = {}
    for rule in rules:
        name = names.get(rule["type"], camel(rule["type"]))
        parameters = dict(rule.get("parameters") or {})
        if name in _SWITCHES:
            found[name] = True
        elif name == "update":
            found |= {"update": True, _FETCH_AND_MERGE: bool(parameters.get(snake(_FETCH_AND_MERGE)))}
        else:
            found[name] = _rule_from_rest(rule["type"], parameters)
    return found


def _rule_from_rest(kind: str, parameters: Properties) -> Any:
    if kind in _FIELDS:
        theirs, ours = _FIELDS[kind]
        parameters[snake(theirs)] = parameters.pop(ours)
    return from_rest(parameters)


def _conditions_to_rest(conditions: Properties | None) -> Properties | None:
    if not conditions:
        return None
    found: Properties = {}
    for name in ("refName", "repositoryName"):
        if conditions.get(name):
            found[snake(name)] = _named_to_rest(conditions[name])
    if conditions.get("repositoryIds"):
        found["repository_id"] = {"repository_ids": conditions["repositoryIds"]}
    if conditions.get("repositoryProperty"):
        found["repository_property"] = to_rest(conditions["repositoryProperty"])
    return found


def _named_to_rest(block: Properties) -> Properties:
    named = {"include": block.get("includes") or [], "exclude": block.get("excludes") or []}
    return named | ({"protected": block["protected"]} if "protected" in block else {})


def _conditions_from_rest(conditions: Properties | None) -> Properties | None:
    if not conditions:
        return None
    found: Properties = {}
    for name in ("refName", "repositoryName"):
        block = conditions.get(snake(name))
        if block:
            named = {"includes": block["include"], "excludes": block.get("exclude", [])}
            found[name] = named | ({"protected": block["protected"]} if "protected" in block else {})
    if "repository_id" in conditions:
        found["repositoryIds"] = conditions["repository_id"]["repository_ids"]
    return found


def _body(inputs: Properties, name: str) -> Properties:
    return {
        "name": inputs.get("name", name),
        "target": inputs["target"],
        "enforcement": inputs["enforcement"],
        "bypass_actors": to_rest(inputs.get("bypassActors") or []),
        "conditions": _conditions_to_rest(inputs.get("conditions")),
        "rules": rules_to_rest(inputs["rules"]),
    }


class _Ruleset(GithubType):
    """A ruleset of one scope; the id is its number."""

    autoname = "name"

    def _scope(self, api: Github, id_: str, inputs: Properties) -> tuple[str, Properties]:
        """The path of the scope's rulesets, and the outputs that name the scope."""
        raise NotImplementedError

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Create it."""
        api = github(session)
        path, _ = self._scope(api, "", inputs)
        made = api.request("POST", path, json=_body(inputs, name))
        return State(id=str(made["id"]), outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """As it is."""
        api = github(session)
        path, scope = self._scope(api, id_, inputs)
        found = api.find_tagged(f"{path}/{_number(id_)}")
        if found is None:
            return None
        ruleset, etag = found
        outputs = {
            "name": ruleset["name"],
            "target": ruleset["target"],
            "enforcement": ruleset["enforcement"],
            "bypassActors": from_rest(ruleset["bypass_actors"]),
            "conditions": _conditions_from_rest(ruleset["conditions"]),
            "rules": completed(rules_from_rest(ruleset["rules"]), inputs.get("rules") or {}),
            "rulesetId": ruleset["id"],
            "nodeId": ruleset["node_id"],
            "etag": etag,
        }
        return State(id=_number(id_), outputs=outputs | scope)

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Replace it as a whole."""
        api = github(session)
        path, _ = self._scope(api, id_, new)
        api.request("PUT", f"{path}/{_number(id_)}", json=_body(new, old.get("name", "")))

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Delete it."""
        api = github(session)
        path, _ = self._scope(api, id_, inputs)
        api.remove(f"{path}/{_number(id_)}")


class RepositoryRuleset(_Ruleset):
    """A ruleset of a repository; imported as ``repository:id``."""

    replace_on = frozenset({"repository"})

    def _scope(self, api: Github, id_: str, inputs: Properties) -> tuple[str, Properties]:
        repository = inputs.get("repository") or id_.rpartition(":")[0]
        if not repository:
            raise ProviderFault(f"{id_!r} does not say which repository", remedy="import it as repository:id")
        return api.repository(repository, "rulesets"), {"repository": repository}


class OrganizationRuleset(_Ruleset):
    """A ruleset of the organisation."""

    def _scope(self, api: Github, id_: str, inputs: Properties) -> tuple[str, Properties]:
        del id_, inputs
        return api.organization("rulesets"), {}


def _number(id_: str) -> str:
    return id_.rpartition(":")[2]
