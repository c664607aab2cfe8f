"""The settings of a repository: what they are, what they are at first, how a request changes them.

Pure: documents in, documents changed; storing them is the routes' business.
"""

import re

from slipway_sandbox.github.errors import invalid
from slipway_sandbox.github.identity import now
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.rest import Body

FIRST_BRANCH = "main"
_NAME = re.compile(r"[-A-Za-z0-9_.]{1,100}")
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
VISIBILITIES = ("public", "private", "internal")

FLAGS = {
    "has_issues": True,
    "has_projects": True,
    "has_wiki": True,
    "has_downloads": True,
    "has_discussions": False,
    "is_template": False,
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": True,
    "allow_auto_merge": False,
    "allow_update_branch": False,
    "allow_forking": False,
    "delete_branch_on_merge": False,
    "web_commit_signoff_required": False,
    "archived": False,
}
CHOICES = {
    "squash_merge_commit_title": ("COMMIT_OR_PR_TITLE", "PR_TITLE"),
    "squash_merge_commit_message": ("COMMIT_MESSAGES", "PR_BODY", "BLANK"),
    "merge_commit_title": ("MERGE_MESSAGE", "PR_TITLE"),
    "merge_commit_message": ("PR_TITLE", "PR_BODY", "BLANK"),
}
TEXTS = ("description", "homepage")
_SECURITY_FEATURES = (
    "advanced_security",
    "code_security",
    "secret_scanning",
    "secret_scanning_push_protection",
    "secret_scanning_ai_detection",
    "secret_scanning_non_provider_patterns",
)


def new_repository(id_: int, owner: str, name: str) -> Document:
    """An empty public repository with GitHub's settings."""
    made = now()
    return {
        "id": id_,
        "owner": owner,
        "name": name,
        "visibility": "public",
        "default_branch": FIRST_BRANCH,
        "topics": [],
        "vulnerability_alerts": False,
        "automated_security_fixes": False,
        "security": dict.fromkeys(_SECURITY_FEATURES, "disabled"),
        "created_at": made,
        "updated_at": made,
        **dict.fromkeys(TEXTS),
        **FLAGS,
        **{field: allowed[0] for field, allowed in CHOICES.items()},
    }


def apply(repository: Document, body: Body) -> None:
    """Take over the settings that a request carries; what it leaves out stays."""
    for field in TEXTS:
        if field in body:
            repository[field] = body.text(field) or None
    for field in FLAGS:
        repository[field] = body.flag(field, default=repository[field])
    for field, allowed in CHOICES.items():
        repository[field] = body.choice(field, allowed, repository[field])
    _apply_visibility(repository, body)
    _apply_security(repository, body)


def _apply_visibility(repository: Document, body: Body) -> None:
    if "private" in body and "visibility" not in body:
        repository["visibility"] = "private" if body.flag("private") else "public"
    repository["visibility"] = body.choice("visibility", VISIBILITIES, repository["visibility"])


def _apply_security(repository: Document, body: Body) -> None:
    wanted = body.part("security_and_analysis")
    if wanted is None:
        return
    for name in wanted.fields:
        feature = wanted.part(name)
        if name not in _SECURITY_FEATURES or feature is None:
            raise invalid("Repository", f"security_and_analysis.{name}", "invalid")
        current = repository["security"][name]
        repository["security"][name] = feature.choice("status", ("enabled", "disabled"), current)


def checked_name(name: str) -> str:
    """The name, if a repository can have it."""
    if not _NAME.fullmatch(name) or name in {".", ".."} or name.lower().endswith((".git", ".wiki")):
        raise invalid("Repository", "name", "custom", f"name {name!r} is not a repository name")
    return name


def checked_topics(names: list[str]) -> list[str]:
    """Topics in lower case, each once."""
    topics = [name.lower() for name in names]
    wrong = [name for name in topics if not _TOPIC.fullmatch(name)]
    if wrong:
        raise invalid("Repository", "names", "custom", f"{wrong[0]!r} is not a topic")
    return list(dict.fromkeys(topics))
