"""Rulesets of repositories and of organisations, and the rules that hold for a branch.

Source: docs.github.com, REST API, "Rules". Every rule type that GitHub documents is known; one that is not is
refused by name, because nothing would enforce it.
"""

import re
from collections.abc import Container, Mapping
from typing import Any

from slipway_sandbox.github.enforcement import rulesets_for
from slipway_sandbox.github.errors import invalid, not_found, unprocessable
from slipway_sandbox.github.identity import NodeType, Permission, node_id, now
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import (
    CREATED,
    NOTHING,
    ORGANIZATION,
    REPOSITORY,
    Answer,
    Body,
    Call,
    reads,
    writes,
)
from slipway_sandbox.github.rulebook import RULES

_TARGETS = ("branch", "tag", "push")
_ENFORCEMENTS = ("active", "disabled", "evaluate")
_ACTORS = ("RepositoryRole", "Team", "Integration", "OrganizationAdmin", "DeployKey")
_BYPASS_MODES = ("always", "pull_request", "exempt")
_OPERATORS = ("starts_with", "ends_with", "contains", "regex")
_CONDITIONS = ("ref_name", "repository_name", "repository_id")
_REQUIRED_PARAMETERS = {
    "required_status_checks": "required_status_checks",
    "required_deployments": "required_deployment_environments",
    "file_path_restriction": "restricted_file_paths",
    "file_extension_restriction": "restricted_file_extensions",
    "max_file_path_length": "max_file_path_length",
    "max_file_size": "max_file_size",
    "workflows": "workflows",
    "code_scanning": "code_scanning_tools",
    "branch_name_pattern": "pattern",
    "tag_name_pattern": "pattern",
    "commit_message_pattern": "pattern",
    "commit_author_email_pattern": "pattern",
    "committer_email_pattern": "pattern",
}
_QUEUE: Mapping[str, Container[Any]] = {
    "check_response_timeout_minutes": range(1, 361),
    "grouping_strategy": ("ALLGREEN", "HEADGREEN"),
    "max_entries_to_build": range(101),
    "max_entries_to_merge": range(101),
    "merge_method": ("MERGE", "SQUASH", "REBASE"),
    "min_entries_to_merge": range(101),
    "min_entries_to_merge_wait_minutes": range(361),
}
"""Every parameter of a merge queue, and what it may be."""
_PULL_REQUEST_DEFAULTS: Document = {
    "required_approving_review_count": 0,
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_review_thread_resolution": False,
    "allowed_merge_methods": ["merge", "squash", "rebase"],
}


def _scope(call: Call) -> str:
    if call.repository:
        return f"repository.{call.repository['id']}"
    return f"organization.{call.organization['id']}"


def _ruleset_from(body: Body, before: Document) -> Document:
    """The ruleset that a request describes, over what it was."""
    return before | {
        "name": body.text("name", before.get("name", "")) or body.required("name"),
        "target": body.choice("target", _TARGETS, before.get("target", "branch")),
        "enforcement": body.choice("enforcement", _ENFORCEMENTS, before.get("enforcement", "active")),
        "bypass_actors": _bypass_actors(body) if "bypass_actors" in body else before["bypass_actors"],
        "conditions": _conditions(body) if "conditions" in body else before["conditions"],
        "rules": [_rule(Body(row)) for row in body.rows("rules")] if "rules" in body else before["rules"],
        "updated_at": now(),
    }


def _bypass_actors(body: Body) -> list[Document]:
    return [_bypass_actor(Body(row)) for row in body.rows("bypass_actors")]


def _bypass_actor(row: Body) -> Document:
    kind = row.choice("actor_type", _ACTORS, "")
    if kind in {"Team", "RepositoryRole", "Integration"} and not row.number("actor_id"):
        raise unprocessable(f"Invalid request.\n\nbypass actor of type {kind} needs an actor_id")
    actor = row.number("actor_id") or (1 if kind == "OrganizationAdmin" else None)
    return {
        "actor_id": actor,
        "actor_type": kind,
        "bypass_mode": row.choice("bypass_mode", _BYPASS_MODES, "always"),
    }


def _conditions(body: Body) -> Document | None:
    part = body.part("conditions")
    if part is None:
        return None
    unknown = [name for name in part.fields if name not in _CONDITIONS]
    if unknown:
        raise unprocessable(f"Invalid property /conditions: `{unknown[0]}` is not served by the sandbox")
    ref = part.part("ref_name")
    for pattern in [*ref.words("include"), *ref.words("exclude")] if ref else ():
        if not pattern.startswith(("refs/", "~")):
            raise invalid("Ruleset", "conditions", "custom", f"Invalid target patterns: '{pattern}'")
    return part.fields


def _rule(row: Body) -> Document:
    kind = row.required("type")
    if kind not in RULES:
        raise unprocessable(f"Invalid property /rules: `{kind}` is not a possible value")
    parameters = row.part("parameters")
    needed = _REQUIRED_PARAMETERS.get(kind)
    if needed and (parameters is None or needed not in parameters):
        raise unprocessable(f"Invalid property /rules: {kind} needs the parameter {needed}")
    if kind == "pull_request":
        return {
            "type": kind,
            "parameters": _PULL_REQUEST_DEFAULTS | (parameters.fields if parameters else {}),
        }
    if kind.endswith("_pattern") and parameters is not None:
        _check_pattern(kind, parameters)
    if kind == "merge_queue":
        _check_queue(parameters)
    return {"type": kind} | ({"parameters": parameters.fields} if parameters else {})


def _check_queue(parameters: Body | None) -> None:
    """GitHub wants every parameter of a queue."""
    given = parameters.fields if parameters else {}
    for name, fits in _QUEUE.items():
        if name not in given:
            raise unprocessable(f"Invalid property /rules: merge_queue needs the parameter {name}")
        if given[name] not in fits:
            raise unprocessable(f"Invalid property /rules: merge_queue's {name} may not be {given[name]!r}")


def _check_pattern(kind: str, parameters: Body) -> None:
    if parameters.choice("operator", _OPERATORS, "") == "regex":
        try:
            re.compile(parameters.required("pattern"))
        except re.error as error:
            raise unprocessable(f"Invalid property /rules: {kind} has no valid pattern: {error}") from None


def _shape(call: Call, ruleset: Document) -> Document:
    if call.repository:
        source = f"{call.repository['owner']}/{call.repository['name']}"
        address, kind = call.repository_url("rulesets", ruleset["id"]), "Repository"
    else:
        source = str(call.organization["login"])
        address, kind = call.url("orgs", source, "rulesets", ruleset["id"]), "Organization"
    return ruleset | {
        "source_type": kind,
        "source": source,
        "node_id": node_id(NodeType.RULESET, ruleset["id"]),
        "current_user_can_bypass": "never",
        "_links": {"self": {"href": address}},
    }


def _found(call: Call) -> Document:
    found = call.forge.records.find(Kind.RULESET, _scope(call), call.names["id"])
    if found is None:
        raise not_found()
    return found


def _check_name(call: Call, ruleset: Document) -> None:
    others = call.forge.records.every(Kind.RULESET, _scope(call))
    if any(each["name"] == ruleset["name"] and each["id"] != ruleset["id"] for each in others):
        raise invalid("Ruleset", "name", "custom", "Name must be unique")


def _save(call: Call, ruleset: Document) -> Document:
    _check_name(call, ruleset)
    return call.forge.records.put(Kind.RULESET, _scope(call), ruleset["id"], body=ruleset)


def _create(call: Call) -> Answer:
    body = call.body()
    with call.forge.records.transaction():
        blank: dict[str, Any] = {"bypass_actors": [], "conditions": None, "rules": [], "created_at": now()}
        ruleset = _save(call, _ruleset_from(body, {"id": call.forge.records.next_id()} | blank))
    return Answer(payload=_shape(call, ruleset), status=CREATED)


def _list(call: Call) -> Answer:
    kept = ("id", "name", "target", "source_type", "source", "enforcement", "node_id", "_links")
    rulesets = call.forge.records.every(Kind.RULESET, _scope(call))
    return call.page(rulesets, lambda each: {name: _shape(call, each)[name] for name in kept})


def _get(call: Call) -> Answer:
    return Answer(payload=_shape(call, _found(call)))


def _put(call: Call) -> Answer:
    body = call.body()
    with call.forge.records.transaction():
        ruleset = _save(call, _ruleset_from(body, _found(call)))
    return Answer(payload=_shape(call, ruleset))


def _delete(call: Call) -> Answer:
    call.forge.records.remove(Kind.RULESET, _scope(call), _found(call)["id"])
    return NOTHING


def _for_branch(call: Call) -> Answer:
    rulesets = rulesets_for(call.forge, call.repository, BRANCHES + call.names["branch"])
    rules = [rule | {"ruleset_id": ruleset["id"]} for ruleset in rulesets for rule in ruleset["rules"]]
    return call.page(rules, lambda rule: rule)


ROUTES = (
    *(
        route
        for scope, needs in ((REPOSITORY, Permission.READ), (ORGANIZATION, Permission.WRITE))
        for route in (
            reads(f"{scope}/rulesets", _list, needs),
            writes("POST", f"{scope}/rulesets", _create),
            reads(f"{scope}/rulesets/<id>", _get, needs),
            writes("PUT", f"{scope}/rulesets/<id>", _put),
            writes("DELETE", f"{scope}/rulesets/<id>", _delete),
        )
    ),
    reads(f"{REPOSITORY}/rules/branches/<path:branch>", _for_branch),
)
