"""Which commits of a comparison are asked for."""

from slipway.adapters.github.history import first_parents
from tests.adapters.github.commits import commit


def test_a_merge_is_one_step() -> None:
    """The commits of its second parent are its pull request's, the base is not among them."""
    commits = [
        commit("side-1", parents=("base",)),
        commit("squash", parents=("base",)),
        commit("side-2", parents=("side-1",)),
        commit("merge", parents=("squash", "side-2")),
        commit("direct", parents=("merge",)),
    ]
    assert [step.sha for step in first_parents(commits, "direct")] == ["squash", "merge", "direct"]


def test_a_line_is_all_of_its_commits() -> None:
    """Also from the first commit of a repository, which has no parent."""
    commits = [commit("one", parents=()), commit("two", parents=("one",))]
    assert [step.sha for step in first_parents(commits, "two")] == ["one", "two"]
