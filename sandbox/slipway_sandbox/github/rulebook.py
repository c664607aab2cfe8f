"""What rulesets say about one change of one ref. Pure: facts in, refusals out.

Source: docs.github.com "Available rules for rulesets". The rules of reviews and of the merge queue refuse a
direct change whole; so do workflows and code scanning, which nothing here can meet, not even a pull request.
There is no queue: a pull request that meets the other rules is merged at once, by the queue's method.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.policy import (
    BRANCHES,
    NO_DELETION,
    NO_FORCE_PUSH,
    TAGS,
    Actor,
    Change,
    ChangedFile,
    RefUpdate,
    linear_refusals,
    matches,
    required_check_refusals,
    signature_refusals,
    through_review,
)
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.requirements import (
    MergeMethod,
    RequiredCheck,
    ReviewNeed,
    method_refusal,
)

_MEGABYTE = 1024 * 1024


def applies(ruleset: Document, ref: str, default_branch: str) -> bool:
    """Whether a ruleset is active and speaks of a ref."""
    if ruleset["enforcement"] != "active":
        return False
    match ruleset["target"]:
        case "branch":
            in_target = ref.startswith(BRANCHES)
        case "tag":
            in_target = ref.startswith(TAGS)
        case _:
            return True  # a push ruleset has no ref condition
    named = (ruleset.get("conditions") or {}).get("ref_name") or {"include": [], "exclude": []}

    def means(condition: str) -> bool:
        if condition == "~DEFAULT_BRANCH":
            return ref == BRANCHES + default_branch
        return condition == "~ALL" or matches(condition, ref)

    return in_target and any(map(means, named["include"])) and not any(map(means, named["exclude"]))


def matches_repository(ruleset: Document, repository: Document) -> bool:
    """Whether an organisation's ruleset speaks of a repository."""
    conditions = ruleset.get("conditions") or {}
    ids = conditions.get("repository_id")
    if ids is not None:
        return repository["id"] in ids["repository_ids"]
    named = conditions.get("repository_name")
    if named is None:
        return False
    means = [_means_repository(glob, repository["name"]) for glob in named["include"]]
    return any(means) and not any(_means_repository(g, repository["name"]) for g in named.get("exclude", ()))


def _means_repository(glob: str, name: str) -> bool:
    return glob == "~ALL" or matches(glob, name)


_ROLE_LEVELS = {
    1: Permission.READ,
    2: Permission.MAINTAIN,
    3: Permission.TRIAGE,
    4: Permission.WRITE,
    5: Permission.ADMIN,
}


def bypasses(ruleset: Document, update: RefUpdate, actor: Actor) -> bool:
    """Whether the actor may do this in spite of a ruleset; a bypass for pull requests is none for a push."""
    return any(
        _names(entry, actor)
        for entry in ruleset["bypass_actors"]
        if update.pull is not None or entry["bypass_mode"] != "pull_request"
    )


def _names(entry: Document, actor: Actor) -> bool:
    match entry["actor_type"]:
        case "OrganizationAdmin":
            return actor.owns_organization
        case "Team":
            return entry["actor_id"] in actor.teams
        case "RepositoryRole":
            return actor.level >= _ROLE_LEVELS.get(entry["actor_id"], Permission.ADMIN)
        case _:
            return False  # integrations and deploy keys: nobody signs in as one here


def ruleset_refusals(ruleset: Document, update: RefUpdate, actor: Actor) -> list[str]:
    """What a ruleset says against a change; empty when it may happen."""
    if bypasses(ruleset, update, actor):
        return []
    said: list[str] = []
    for rule in ruleset["rules"]:
        judge = RULES[rule["type"]]
        said += judge(rule.get("parameters") or {}, update)
    return said


Judge = Callable[[Mapping[str, Any], RefUpdate], list[str]]


def _on(change: Change, message: str) -> Judge:
    return lambda _, update: [message] if update.change is change else []


def _forced(_: Mapping[str, Any], update: RefUpdate) -> list[str]:
    return [] if update.fast_forward else [NO_FORCE_PUSH]


def _unmet(message: str) -> Judge:
    """A rule that nothing here can meet; making a branch is no change of it."""
    return lambda _, update: [message] if update.change is Change.UPDATE else []


def _reviewed(parameters: Mapping[str, Any], update: RefUpdate) -> list[str]:
    if update.change is not Change.UPDATE:
        return []
    need = ReviewNeed(
        approvals=parameters["required_approving_review_count"],
        code_owners=parameters["require_code_owner_review"],
        last_push=parameters["require_last_push_approval"],
        methods=frozenset(
            m for m in MergeMethod if m in (parameters["allowed_merge_methods"] or MergeMethod)
        ),
    )
    return through_review(need, update)


def _linear(_: Mapping[str, Any], update: RefUpdate) -> list[str]:
    return linear_refusals(update)


def _signed(_: Mapping[str, Any], update: RefUpdate) -> list[str]:
    return signature_refusals(update)


def _status_checks(parameters: Mapping[str, Any], update: RefUpdate) -> list[str]:
    excused = update.change is Change.CREATE and parameters.get("do_not_enforce_on_create", False)
    if update.change is Change.DELETE or excused:
        return []
    required = [
        RequiredCheck(context=check["context"], app=check.get("integration_id") or None)
        for check in parameters["required_status_checks"]
    ]
    strict = parameters.get("strict_required_status_checks_policy", False)
    return required_check_refusals(required, update, strict=strict)


def _queued(parameters: Mapping[str, Any], update: RefUpdate) -> list[str]:
    if update.change is not Change.UPDATE:
        return []
    if update.pull is None:
        return ["Changes must be made through the merge queue."]
    method = MergeMethod(parameters["merge_method"].lower())
    return [] if update.pull.method is method else [method_refusal(update.pull.method)]


def _deployments(parameters: Mapping[str, Any], update: RefUpdate) -> list[str]:
    missing = parameters["required_deployment_environments"] if update.change is Change.UPDATE else ()
    return [f"A successful deployment to {name} is required." for name in missing]


def _text_rule(name: str, texts: Callable[[RefUpdate], Iterable[str]]) -> Judge:
    def judge(parameters: Mapping[str, Any], update: RefUpdate) -> list[str]:
        if update.change is Change.DELETE:
            return []
        wrong = [text for text in texts(update) if not _fits(parameters, text)]
        shown = parameters.get("name") or f"{name} must {_requirement(parameters)}"
        return [f"{shown}: {text.splitlines()[0] if text else text!r}" for text in dict.fromkeys(wrong)]

    return judge


def _fits(parameters: Mapping[str, Any], text: str) -> bool:
    pattern = parameters["pattern"]
    match parameters["operator"]:
        case "starts_with":
            found = text.startswith(pattern)
        case "ends_with":
            found = text.endswith(pattern)
        case "contains":
            found = pattern in text
        case _:
            found = re.search(pattern, text) is not None
    return found is not bool(parameters.get("negate", False))


def _requirement(parameters: Mapping[str, Any]) -> str:
    word = {"starts_with": "start with", "ends_with": "end with", "contains": "contain"}
    verb = word.get(parameters["operator"], "match")
    return f"{'not ' if parameters.get('negate') else ''}{verb} {parameters['pattern']!r}"


def _file_rule(message: str, is_wrong: Callable[[Mapping[str, Any], ChangedFile], bool]) -> Judge:
    return lambda parameters, update: [
        f"{message}: {file.path}" for file in update.files if is_wrong(parameters, file)
    ]


def _restricted_path(parameters: Mapping[str, Any], file: ChangedFile) -> bool:
    return any(matches(glob, file.path) for glob in parameters["restricted_file_paths"])


def _restricted_extension(parameters: Mapping[str, Any], file: ChangedFile) -> bool:
    endings = [ending.lstrip("*") for ending in parameters["restricted_file_extensions"]]
    return file.path.endswith(tuple(endings))


def _branch_name(update: RefUpdate) -> Iterable[str]:
    return [update.short] if update.change is Change.CREATE else []


RULES: Mapping[str, Judge] = {
    "creation": _on(Change.CREATE, "Cannot create ref due to creations being restricted."),
    "update": _on(Change.UPDATE, "Cannot update this protected ref."),
    "deletion": _on(Change.DELETE, NO_DELETION),
    "non_fast_forward": _forced,
    "required_linear_history": _linear,
    "required_signatures": _signed,
    "pull_request": _reviewed,
    "merge_queue": _queued,
    "required_status_checks": _status_checks,
    "required_deployments": _deployments,
    "workflows": _unmet("Required workflows have not passed."),
    "code_scanning": _unmet("Code scanning results are required."),
    "copilot_code_review": lambda _parameters, _update: [],  # asks for a review, refuses nothing
    "commit_message_pattern": _text_rule("Commit message", lambda u: [c.message for c in u.commits]),
    "commit_author_email_pattern": _text_rule(
        "Commit author email", lambda u: [c.author.email for c in u.commits]
    ),
    "committer_email_pattern": _text_rule(
        "Committer email", lambda u: [c.committer.email for c in u.commits]
    ),
    "branch_name_pattern": _text_rule("Branch name", _branch_name),
    "tag_name_pattern": _text_rule("Tag name", _branch_name),
    "file_path_restriction": _file_rule("File path is restricted", _restricted_path),
    "file_extension_restriction": _file_rule("File extension is restricted", _restricted_extension),
    "max_file_path_length": _file_rule(
        "File path is too long", lambda p, f: len(f.path) > p["max_file_path_length"]
    ),
    "max_file_size": _file_rule("File is too large", lambda p, f: f.size > p["max_file_size"] * _MEGABYTE),
}
"""Every rule type that a ruleset may hold, and what judges a change by it."""
