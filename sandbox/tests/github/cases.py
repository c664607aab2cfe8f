"""The lifecycles of the repository's own types: settings, branches, protection, rulesets, files."""

from tests.github.case import NOTHING, Case

CHECKS = [{"strict": True, "contexts": ["slipway/check", "slipway/policy"]}]


CASES = (
    Case(
        type="Repository",
        inputs=lambda g: {
            "name": f"{g.name}-new",
            "description": "Pipelines",
            "visibility": "private",
            "topics": ["etl", "data"],
            "hasIssues": True,
            "allowMergeCommit": False,
            "deleteBranchOnMerge": True,
            "vulnerabilityAlerts": True,
            "securityAndAnalysis": {"secretScanning": {"status": "enabled"}},
        },
        id="{name}-new",
        path="~-new",
        pick=lambda r: (r["description"], r["private"], r["topics"], r["has_issues"], r["has_wiki"]),
        first=("Pipelines", True, ["etl", "data"], True, False),
        change={"description": "More", "topics": ["data"], "hasIssues": False, "vulnerabilityAlerts": False},
        second=("More", True, ["data"], False, False),
        drift=("PATCH", "~-new", {"allow_merge_commit": True, "description": "Somebody's"}),
        drifted={"allowMergeCommit": True, "description": "Somebody's"},
    ),
    Case(
        type="RepositoryTopics",
        inputs=lambda g: {"repository": g.name, "topics": ["b", "a"]},
        id="{name}",
        path="~/topics",
        pick=lambda t: t["names"],
        first=["b", "a"],
        change={"topics": ["c"]},
        second=["c"],
        drift=("PUT", "~/topics", {"names": ["x"]}),
        drifted={"topics": ["x"]},
        stays=True,
    ),
    Case(
        type="Branch",
        inputs=lambda g: {"repository": g.name, "branch": "release/1", "sourceBranch": "main"},
        id="{name}:release/1",
        path="~/branches?per_page=100",
        pick=lambda branches: [b["name"] for b in branches],
        first=["main", "release/1"],
        change={"branch": "release/2"},
        second=["main", "release/2"],
    ),
    Case(
        type="BranchDefault",
        inputs=lambda g: {"repository": g.name, "branch": "trunk", "rename": True},
        id="{name}",
        path="~",
        pick=lambda r: r["default_branch"],
        first="trunk",
        change={"branch": "master"},
        second="master",
        drift=("POST", "~/branches/master/rename", {"new_name": "main"}),
        drifted={"branch": "main"},
        not_imported=frozenset({"rename"}),
        stays=True,
    ),
    Case(
        type="BranchProtection",
        inputs=lambda g: {
            "repositoryId": g.name,
            "pattern": "main",
            "enforceAdmins": True,
            "requiredLinearHistory": True,
            "requiredPullRequestReviews": [
                {
                    "requiredApprovingReviewCount": 2,
                    "dismissStaleReviews": True,
                    "pullRequestBypassers": ["/ana", f"finedge/{g.team()['slug']}"],
                }
            ],
            "requiredStatusChecks": CHECKS,
            "restrictPushes": [{"pushAllowances": ["/ana"]}],
            "forcePushBypassers": ["/bruno"],
        },
        id="",
        path="~/branches/main/protection",
        pick=lambda p: (
            p["required_pull_request_reviews"]["required_approving_review_count"],
            [
                u["login"]
                for u in p["required_pull_request_reviews"]["bypass_pull_request_allowances"]["users"]
            ],
            p["required_status_checks"]["strict"],
            p["block_creations"]["enabled"],
        ),
        first=(2, ["ana"], True, True),
        change={"requiredPullRequestReviews": [{"pullRequestBypassers": ["/clara"]}]},
        second=(1, ["clara"], True, True),
        drift=("DELETE", "~/branches/main/protection/enforce_admins", NOTHING),
        drifted={"enforceAdmins": False},
        import_id="{name}:main",
    ),
    Case(
        type="BranchProtectionV3",
        inputs=lambda g: {
            "repository": g.name,
            "branch": "main",
            "enforceAdmins": True,
            "requireSignedCommits": True,
            "requiredStatusChecks": {"strict": True, "checks": ["slipway/check", "ci:15368"]},
            "requiredPullRequestReviews": {"requiredApprovingReviewCount": 2, "dismissalUsers": ["ana"]},
            "restrictions": {"users": ["ana"]},
        },
        id="{name}:main",
        path="~/branches/main/protection",
        pick=lambda p: (
            p["required_pull_request_reviews"]["required_approving_review_count"],
            p["required_signatures"]["enabled"],
            p["required_status_checks"]["checks"],
        ),
        first=(
            2,
            True,
            [{"context": "slipway/check", "app_id": None}, {"context": "ci", "app_id": 15368}],
        ),
        change={
            "requireSignedCommits": False,
            "requiredPullRequestReviews": {"requiredApprovingReviewCount": 3},
        },
        second=(3, False, [{"context": "slipway/check", "app_id": None}, {"context": "ci", "app_id": 15368}]),
        drift=(
            "PATCH",
            "~/branches/main/protection/required_status_checks",
            {"strict": False, "contexts": []},
        ),
        drifted={"requiredStatusChecks": {"strict": False, "contexts": [], "checks": []}},
    ),
    Case(
        type="RepositoryRuleset",
        inputs=lambda g: {
            "name": "main",
            "repository": g.name,
            "target": "branch",
            "enforcement": "active",
            "bypassActors": [{"actorId": 1, "actorType": "OrganizationAdmin", "bypassMode": "always"}],
            "conditions": {"refName": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
            "rules": {
                "deletion": True,
                "nonFastForward": True,
                "update": True,
                "pullRequest": {"requiredApprovingReviewCount": 2, "requireLastPushApproval": True},
                "requiredStatusChecks": {"requiredChecks": [{"context": "slipway/check"}]},
                "commitMessagePattern": {"operator": "starts_with", "pattern": "FIN-"},
                "maxFileSize": {"maxFileSize": 10},
            },
        },
        id="",
        path="~/rulesets/{id}",
        pick=lambda r: (
            r["enforcement"],
            [rule["type"] for rule in r["rules"]],
            r["conditions"]["ref_name"]["include"],
        ),
        first=(
            "active",
            [
                "deletion",
                "non_fast_forward",
                "update",
                "commit_message_pattern",
                "max_file_size",
                "pull_request",
                "required_status_checks",
            ],
            ["~DEFAULT_BRANCH"],
        ),
        change={"enforcement": "evaluate", "rules": {"deletion": True}},
        second=("evaluate", ["deletion"], ["~DEFAULT_BRANCH"]),
        drift=("PUT", "~/rulesets/{id}", {"rules": [{"type": "creation"}], "enforcement": "disabled"}),
        drifted={"rules": {"creation": True, "deletion": None}, "enforcement": "disabled"},
        import_id="{name}:{id}",
    ),
    Case(
        type="OrganizationRuleset",
        inputs=lambda g: {
            "name": g.name,
            "target": "branch",
            "enforcement": "active",
            "conditions": {
                "refName": {"includes": ["~ALL"], "excludes": ["refs/heads/wip/*"]},
                "repositoryName": {"includes": [g.name], "excludes": []},
            },
            "rules": {
                "requiredWorkflows": {"requiredWorkflows": [{"path": ".github/w.yml", "repositoryId": 7}]},
                "requiredCodeScanning": {
                    "requiredCodeScanningTools": [
                        {"tool": "CodeQL", "alertsThreshold": "errors", "securityAlertsThreshold": "all"}
                    ]
                },
            },
        },
        id="",
        path="/orgs/finedge/rulesets/{id}",
        pick=lambda r: ([rule["type"] for rule in r["rules"]], r["rules"][-1]["parameters"]),
        first=(
            ["code_scanning", "workflows"],
            {"workflows": [{"path": ".github/w.yml", "repository_id": 7}]},
        ),
        change={"rules": {"branchNamePattern": {"operator": "regex", "pattern": "^x", "negate": True}}},
        second=(["branch_name_pattern"], {"operator": "regex", "pattern": "^x", "negate": True}),
        drift=("PUT", "/orgs/finedge/rulesets/{id}", {"enforcement": "disabled"}),
        drifted={"enforcement": "disabled"},
    ),
    Case(
        type="RepositoryFile",
        inputs=lambda g: {
            "repository": g.name,
            "file": ".github/CODEOWNERS",
            "content": "* @finedge/platform\n",
            "commitMessage": "Managed by Pulumi",
            "commitAuthor": "Slipway",
            "commitEmail": "slipway@finedge.example",
        },
        id="{name}:.github/CODEOWNERS:main",
        path="~/commits?path=.github/CODEOWNERS",
        pick=lambda log: (len(log), log[0]["commit"]["message"], log[0]["commit"]["author"]["name"]),
        first=(1, "Managed by Pulumi", "Slipway"),
        change={"content": "* @finedge/data\n"},
        second=(2, "Managed by Pulumi", "Slipway"),
        drift=(
            "PUT",
            "~/contents/.github/CODEOWNERS",
            {"message": "Mine", "content": "bWluZQ==", "sha": "{sha}"},
        ),
        drifted={"content": "mine", "commitMessage": "Mine"},
        not_imported=frozenset({"commitAuthor", "commitEmail"}),
    ),
)
