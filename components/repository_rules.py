"""What the default branch of the workspace's repository asks of a change. Pure.

Source: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
A merge queue needs a repository that an organization owns and, for a private one, GitHub Enterprise Cloud, as
reviewers of an environment do; with a linear history it has to squash or rebase.
"""

from typing import Any, Final

from slipway.model.evidence import STATUS_CONTEXT

_ALL_GREEN: Final = "ALLGREEN"
"""Each commit of a group has to pass, not only the last: a release is built of any of them."""

_CHECK_MINUTES: Final = 30
"""A full check takes 12 minutes at most; the rest is for builds that wait for a machine."""


def default_branch_rules() -> dict[str, Any]:
    """Return the rules of the ruleset: reviewed by the owners, checked, one line of squashed commits.

    The status may come from any app: the build server's credential is the organization's choice. One that
    somebody else wrote lets a change in, but not out: the gate `checks-passed` reads the evidence instead.
    """
    return {
        "deletion": True,
        "non_fast_forward": True,
        "required_linear_history": True,
        "pull_request": {
            "required_approving_review_count": 1,
            "require_code_owner_review": True,
            "dismiss_stale_reviews_on_push": True,
            "require_last_push_approval": True,
            "required_review_thread_resolution": True,
            "allowed_merge_methods": ["squash"],
        },
        "required_status_checks": {
            "required_checks": [{"context": STATUS_CONTEXT}],
            # The queue checks what the branch will be, so a pull request need not be up to date.
            "strict_required_status_checks_policy": False,
        },
        "merge_queue": {
            "merge_method": "SQUASH",
            "grouping_strategy": _ALL_GREEN,
            "check_response_timeout_minutes": _CHECK_MINUTES,
            "max_entries_to_build": 5,
            "max_entries_to_merge": 5,
            "min_entries_to_merge": 1,
            "min_entries_to_merge_wait_minutes": 0,
        },
    }
