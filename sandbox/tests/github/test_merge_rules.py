"""What protection and rulesets ask of a merge, in GitHub's words, and that a push is asked the same."""

import base64
from typing import Any

from slipway_sandbox.provider.contract import Session
from slipway_sandbox.provider.github import GITHUB_TYPES
from slipway_sandbox.provider.github.shapes import camel
from tests.github.conftest import ENGINEER, OWNER, Clone, Server
from tests.github.proposal import People, Proposal, rule_main, team_of

VIOLATIONS = "Repository rule violations found\n\n"
ONE_MISSING = "At least 1 approving review is required by reviewers with write access."


def reviews(server: Server, repository: str, **parameters: Any) -> Any:
    """A ruleset that asks for one review, and for what else is said."""
    given = {"required_approving_review_count": 1} | parameters
    return rule_main(server, repository, {"type": "pull_request", "parameters": given})


def checks(server: Server, repository: str, *contexts: str, **parameters: Any) -> Any:
    """A ruleset that asks for status checks."""
    required = [{"context": context} for context in contexts]
    given = {"required_status_checks": required} | parameters
    return rule_main(server, repository, {"type": "required_status_checks", "parameters": given})


def protect(server: Server, repository: str, **fields: Any) -> None:
    """Protect main against administrators too."""
    closed: dict[str, Any] = {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    server.ok("PUT", f"{repository}/branches/main/protection", **closed | fields)


def state(proposal: Proposal) -> str:
    """GitHub's word for what stands between a pull request and its merge."""
    return str(proposal.shape()["mergeable_state"])


def test_a_ruleset_wants_a_review(server: Server, repository: str, people: People) -> None:
    """Of somebody who writes; a reader's approval and the author's comment do not count."""
    reviews(server, repository)
    proposal = people.propose()
    assert (state(proposal), proposal.try_merge()) == ("blocked", (405, VIOLATIONS + ONE_MISSING))
    reader = server.token_of("reader")
    server.ok("POST", f"{proposal.path}/reviews", token=reader, event="APPROVE")
    proposal.review("ana", "COMMENT")
    assert proposal.try_merge() == (405, VIOLATIONS + ONE_MISSING)
    proposal.review("bruno")
    assert (state(proposal), proposal.try_merge()[0]) == ("clean", 200)


def test_protection_wants_reviews(server: Server, repository: str, people: People) -> None:
    """The same words without the ruleset's title; the number is in them."""
    protect(server, repository, required_pull_request_reviews={"required_approving_review_count": 2})
    proposal = people.propose()
    proposal.review("bruno")
    expected = "At least 2 approving reviews are required by reviewers with write access."
    assert proposal.try_merge() == (405, expected)
    proposal.review("carla")
    assert proposal.try_merge()[0] == 200


def test_requested_changes_block_until_they_are_taken_back(
    server: Server, repository: str, people: People
) -> None:
    """By an approval of the same person, or by a dismissal; a comment takes nothing back."""
    reviews(server, repository)
    proposal = people.propose()
    proposal.review("bruno")
    objection = proposal.review("carla", "REQUEST_CHANGES")
    blocked = (405, f"{VIOLATIONS}1 review requesting changes by reviewers with write access.")
    assert proposal.try_merge() == blocked
    proposal.review("carla", "COMMENT")
    assert proposal.try_merge() == blocked
    server.ok("PUT", f"{proposal.path}/reviews/{objection['id']}/dismissals", message="Answered")
    assert proposal.try_merge()[0] == 200


def test_the_last_push_is_approved_by_somebody_else(server: Server, repository: str, people: People) -> None:
    """An approval of an older commit, or by whoever pushed the last one, is not enough."""
    reviews(server, repository, require_last_push_approval=True)
    proposal = people.propose()
    proposal.review("bruno")
    people.write("bruno", "feature/fx", "dags/fx.py", "a word more\n")
    missing = (405, f"{VIOLATIONS}New changes require approval from someone other than the last pusher.")
    assert proposal.try_merge() == missing
    proposal.review("bruno")
    assert proposal.try_merge() == missing
    proposal.review("carla")
    assert proposal.try_merge()[0] == 200


def test_code_owners_are_asked(server: Server, repository: str, people: People) -> None:
    """The owners by the base branch's file; a member of the team stands for it."""
    slug = f"{repository.rpartition('/')[2]}-stewards"
    team_of(server, repository, slug, "dora")
    owners = f"*.md @carla\n/dags/ @{OWNER}/{slug} @eva\n"
    people.write(ENGINEER, "main", ".github/CODEOWNERS", owners)
    reviews(server, repository, require_code_owner_review=True)
    proposal = people.propose()
    proposal.review("bruno")
    waiting = f"Waiting on code owner review from eva and/or {OWNER}/{slug}."
    assert proposal.try_merge() == (405, VIOLATIONS + waiting)
    proposal.review("dora")
    assert proposal.try_merge()[0] == 200


def test_required_checks(server: Server, repository: str, people: People) -> None:
    """One by its name and state, several by their number; the newest report of a context counts."""
    made = checks(server, repository, "slipway/check")
    proposal = people.propose()

    def refused(words: str) -> bool:
        return proposal.try_merge() == (405, VIOLATIONS + words)

    assert refused('Required status check "slipway/check" is expected.')
    proposal.tell("pending")
    assert refused('Required status check "slipway/check" is pending.')
    proposal.tell("failure")
    assert refused('Required status check "slipway/check" is failing.')
    required = [{"context": context} for context in ("slipway/check", "licence", "legal")]
    rules = [{"type": "required_status_checks", "parameters": {"required_status_checks": required}}]
    server.ok("PUT", f"{repository}/rulesets/{made['id']}", rules=rules)
    assert refused("3 of 3 required status checks have not succeeded: 1 failing and 2 expected.")
    proposal.tell("success")
    assert refused("2 of 3 required status checks are expected.")
    proposal.tell("success", "licence")
    proposal.tell("success", "legal")
    assert (state(proposal), proposal.try_merge()[0]) == ("clean", 200)


def test_checks_are_of_the_head(server: Server, repository: str, people: People) -> None:
    """A push leaves the old commit's status behind."""
    protect(server, repository, required_status_checks={"strict": False, "contexts": ["slipway/check"]})
    proposal = people.propose()
    proposal.tell("success")
    people.write("ana", "feature/fx", "dags/fx.py", "unchecked\n")
    assert proposal.try_merge() == (405, 'Required status check "slipway/check" is expected.')


def test_strict_checks_want_all_of_the_base(server: Server, repository: str, people: People) -> None:
    """409 and the state behind, until main is in the head."""
    proposal = people.propose()
    people.write(ENGINEER, "main", "a.txt", "a\n")
    protect(server, repository, required_status_checks={"strict": True, "contexts": ["slipway/check"]})
    proposal.tell("success")
    expected = "Head branch is out of date. Review and try the merge again."
    assert (state(proposal), proposal.try_merge()) == ("behind", (409, expected))


def test_a_check_of_one_app(server: Server, repository: str, people: People) -> None:
    """A status by somebody, or another app's run, of the same name does not stand for it."""
    apps = f"/_slipway/orgs/{OWNER}/apps"
    ours, theirs = (server.ok("POST", f"{apps}/{slug}/tokens") for slug in ("slipway", "other"))
    required = [{"context": "slipway/check", "integration_id": ours["app"]["id"]}]
    parameters = {"required_status_checks": required}
    rule_main(server, repository, {"type": "required_status_checks", "parameters": parameters})
    proposal = people.propose()
    run = {"name": "slipway/check", "head_sha": proposal.head, "conclusion": "success"}
    proposal.tell("success")
    server.ok("POST", f"{repository}/check-runs", token=theirs["token"], **run)
    assert proposal.try_merge() == (
        405,
        f'{VIOLATIONS}Required status check "slipway/check" is expected.',
    )
    server.ok("POST", f"{repository}/check-runs", token=ours["token"], **run)
    assert proposal.try_merge()[0] == 200


def test_linear_history_and_methods(server: Server, repository: str, people: People) -> None:
    """A merge commit is refused, a squash is not; a rule narrows the methods further."""
    rule_main(server, repository, {"type": "required_linear_history"})
    proposal = people.propose()
    status, message = proposal.try_merge()
    assert (status, "must not contain merge commits" in message) == (405, True)
    parameters = {"allowed_merge_methods": ["rebase"]}
    rules = [{"type": "pull_request", "parameters": parameters}]
    rule_main(server, repository, *rules, name="methods")
    expected = f"{VIOLATIONS}Squash merges are not allowed on this repository."
    assert proposal.try_merge(merge_method="squash") == (405, expected)
    assert proposal.try_merge(merge_method="rebase")[0] == 200


def test_github_signs_what_it_commits(server: Server, repository: str, people: People) -> None:
    """Where signatures are required a squash goes through, a rebase of unsigned commits does not."""
    rule_main(server, repository, {"type": "required_signatures"})
    proposal = people.propose()
    status, message = proposal.try_merge(merge_method="rebase")
    assert (status, "must have verified signatures" in message) == (405, True)
    assert proposal.try_merge(merge_method="squash")[0] == 200


def test_a_bypass_for_pull_requests_is_one_for_merges(
    server: Server, repository: str, people: People, clone: Clone
) -> None:
    """Its holder merges without a review, and still cannot push."""
    admin = {"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "pull_request"}
    rule = {"type": "pull_request", "parameters": {"required_approving_review_count": 1}}
    rule_main(server, repository, rule, bypass_actors=[admin])
    proposal = people.propose()
    assert proposal.try_merge("ana")[0] == 405
    clone.commit("a.txt", "a")
    assert "Changes must be made through a pull request." in clone.push("main").stderr
    server.ok("PUT", f"{proposal.path}/merge")
    assert proposal.shape()["merged_by"]["login"] == ENGINEER


def test_a_restricted_branch_takes_no_merge_of_others(
    server: Server, repository: str, people: People
) -> None:
    """Whoever may not push may not merge."""
    protect(server, repository, restrictions={"users": ["bruno"], "teams": []})
    proposal = people.propose()
    assert proposal.try_merge("ana") == (405, "You're not authorized to push to this branch.")
    assert proposal.try_merge("bruno")[0] == 200


def test_a_push_of_a_checked_commit_is_taken(server: Server, repository: str, people: People) -> None:
    """The rulebook is the same for a push: a commit that succeeded elsewhere may go to main."""
    checks(server, repository, "slipway/check")
    proposal = people.propose()
    path = f"{repository}/git/refs/heads/main"
    refused = server.call("PATCH", path, sha=proposal.head)
    assert 'Required status check "slipway/check" is expected.' in refused.json()["message"]
    proposal.tell("success")
    server.ok("PATCH", path, sha=proposal.head)
    assert proposal.shape()["merged"] is True
    content = base64.b64encode(b"x").decode()
    unchecked = server.call("PUT", f"{repository}/contents/b.txt", message="m", content=content)
    assert unchecked.status_code == 409


def test_a_failing_check_that_nobody_requires(people: People) -> None:
    """Unstable, and merged all the same."""
    proposal = people.propose()
    proposal.tell("failure", "lint")
    assert (state(proposal), proposal.try_merge()[0]) == ("unstable", 200)


QUEUE = {
    "check_response_timeout_minutes": 30,
    "grouping_strategy": "ALLGREEN",
    "max_entries_to_build": 5,
    "max_entries_to_merge": 5,
    "merge_method": "SQUASH",
    "min_entries_to_merge": 1,
    "min_entries_to_merge_wait_minutes": 0,
}


def test_a_queue_merges_by_its_own_method(server: Server, repository: str, people: People) -> None:
    """There is none here: a pull request goes in at once, and nothing goes in beside it."""
    rule_main(server, repository, {"type": "merge_queue", "parameters": QUEUE})
    proposal = people.propose()
    for method, words in (("merge", "Merge commits"), ("rebase", "Rebase merges")):
        refused = f"{VIOLATIONS}{words} are not allowed on this repository."
        assert proposal.try_merge(merge_method=method) == (405, refused)
    clone_path = f"{repository}/git/refs/heads/main"
    pushed = server.call("PATCH", clone_path, sha=proposal.head)
    assert "Changes must be made through the merge queue." in pushed.json()["message"]
    assert (state(proposal), proposal.try_merge(merge_method="squash")[0]) == ("clean", 200)


def test_the_platforms_own_ruleset(server: Server, session: Session, repository: str, people: People) -> None:
    """As Pulumi declares it: checked, approved by an owner and after the last push, then a squash."""
    slug = f"{repository.rpartition('/')[2]}-stewards"
    team_of(server, repository, slug, "dora")
    people.write(ENGINEER, "main", ".github/CODEOWNERS", f"/dags @{OWNER}/{slug}\n")
    inputs = {
        "name": "default-branch",
        "repository": repository.rpartition("/")[2],
        "target": "branch",
        "enforcement": "active",
        "conditions": {"refName": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
        "rules": {
            "deletion": True,
            "nonFastForward": True,
            "requiredLinearHistory": True,
            "pullRequest": {
                "requiredApprovingReviewCount": 1,
                "requireCodeOwnerReview": True,
                "dismissStaleReviewsOnPush": True,
                "requireLastPushApproval": True,
                "requiredReviewThreadResolution": True,
                "allowedMergeMethods": ["squash"],
            },
            "requiredStatusChecks": {
                "requiredChecks": [{"context": "slipway/check"}],
                "strictRequiredStatusChecksPolicy": False,
            },
            "mergeQueue": {camel(name): value for name, value in QUEUE.items()},
        },
    }
    type_ = GITHUB_TYPES["github:index/repositoryRuleset:RepositoryRuleset"]
    made = type_.create(session, "main", inputs)
    read = type_.read(session, made.id, inputs)
    assert read is not None
    assert read.outputs["rules"] == inputs["rules"]

    proposal = people.propose("ana")
    proposal.review("dora")
    people.write("ana", "feature/fx", "dags/fx.py", "one more\n")
    proposal.review("bruno")
    waiting = f"Waiting on code owner review from {OWNER}/{slug}."
    unchecked = 'Required status check "slipway/check" is expected.'
    refused = (405, f"{VIOLATIONS}{waiting}\n{unchecked}")
    assert proposal.try_merge(merge_method="squash") == refused
    proposal.review("dora")
    assert proposal.try_merge(merge_method="squash") == (405, f"{VIOLATIONS}{unchecked}")
    proposal.tell("success")
    status, message = proposal.try_merge()
    assert (status, "Merge commits are not allowed" in message) == (405, True)
    merged = proposal.merge("ana", merge_method="squash")
    assert server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"] == merged
