"""Pull requests as GitHub shows them: in a list, alone, and the answer to their review requests."""

from slipway_sandbox.github.accounts import owner_shape, simple_user
from slipway_sandbox.github.commits import changed_files
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.identity import NodeType, Permission, node_id
from slipway_sandbox.github.merging import commits_between
from slipway_sandbox.github.pull_facts import base_tip, mergeable_state
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.repositories import repository_shape
from slipway_sandbox.github.rest import Call
from slipway_sandbox.github.teams import simple_team


def web_url(call: Call, pull: Document) -> str:
    """The page of a pull request."""
    return f"{call.web_url}/{call.repository['owner']}/{call.repository['name']}/pull/{pull['number']}"


def pull_shape(call: Call, pull: Document) -> Document:
    """A pull request in a list."""
    url, page = call.repository_url("pulls", pull["number"]), web_url(call, pull)
    issue = call.repository_url("issues", pull["number"])
    addresses = {
        "issue_url": issue,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{call.repository_url('pulls', 'comments')}{{/number}}",
        "comments_url": f"{issue}/comments",
        "statuses_url": call.repository_url("statuses", pull["head"]["sha"]),
    }
    own = ("number", "state", "title", "body", "created_at", "updated_at", "closed_at", "merged_at", "draft")
    return {
        "url": url,
        "id": pull["id"],
        "node_id": node_id(NodeType.PULL_REQUEST, call.repository["id"], pull["id"]),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **addresses,
        **{name: pull[name] for name in own},
        "locked": False,
        "user": simple_user(call, pull["user"]),
        "merge_commit_sha": pull["merge_commit_sha"],
        "assignee": None,
        "assignees": [],
        "labels": [],
        "milestone": None,
        **requested_shape(call, pull, users="requested_reviewers", teams="requested_teams"),
        "head": _end(call, pull["head"]),
        "base": _end(call, pull["base"]),
        "_links": _links({"self": url, "html": page, "issue": issue} | addresses),
        "author_association": association(call, pull["user"]),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def _end(call: Call, end: Document) -> Document:
    """One of the two branches; both are of the same repository, for there are no forks."""
    owner = call.repository["owner"]
    return {
        "label": f"{owner}:{end['ref']}",
        "ref": end["ref"],
        "sha": end["sha"],
        "user": owner_shape(call, owner),
        "repo": repository_shape(call, call.repository),
    }


def _links(addresses: Document) -> Document:
    return {name.removesuffix("_url"): {"href": address} for name, address in addresses.items()}


def association(call: Call, login: str) -> str:
    """What somebody is to the repository."""
    organization = call.forge.find_organization(call.repository["owner"])
    if organization is not None and call.forge.is_member(login, organization):
        return "MEMBER"
    writes = call.forge.permission_of(login, call.repository) >= Permission.WRITE
    return "COLLABORATOR" if writes else "NONE"


def requested_shape(call: Call, pull: Document, *, users: str = "users", teams: str = "teams") -> Document:
    """Whose review is asked for."""
    found = [call.forge.team_by_id(id_) for id_ in pull["requested_teams"]]
    return {
        users: [simple_user(call, login) for login in pull["requested_reviewers"]],
        teams: [simple_team(call, team) for team in found if team is not None],
    }


def full_shape(call: Call, pull: Document) -> Document:
    """A pull request alone: with what is computed for it, mergeable or not above all."""
    git = call.forge.git(call.repository)
    base = str(pull["base"]["sha"]) if pull["merged_at"] else base_tip(git, pull)
    shared = git.merge_base(base, pull["head"]["sha"]) or base
    files = changed_files(call, git, shared, pull["head"]["sha"])
    return {
        **pull_shape(call, pull),
        "merged": pull["merged_at"] is not None,
        **_mergeable(call, git, pull),
        "merged_by": simple_user(call, pull["merged_by"]) if pull["merged_by"] else None,
        "comments": 0,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(commits_between(git, base, pull["head"]["sha"])),
        "additions": sum(file["additions"] for file in files),
        "deletions": sum(file["deletions"] for file in files),
        "changed_files": len(files),
    }


def _mergeable(call: Call, git: GitRepository, pull: Document) -> Document:
    """Whether it could be merged; nothing is known of one that is closed."""
    if pull["state"] != "open":
        return {"mergeable": None, "rebaseable": None, "mergeable_state": "unknown"}
    mergeable = git.merged_tree(base_tip(git, pull), pull["head"]["sha"]) is not None
    state = mergeable_state(call.forge, call.repository, pull, call.actor, mergeable=mergeable)
    return {"mergeable": mergeable, "rebaseable": mergeable, "mergeable_state": state}
