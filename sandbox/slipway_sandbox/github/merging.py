"""The commits that a merge makes, in git's objects only: nothing points to them yet.

Source: docs.github.com "About merge methods on GitHub" and "Configuring commit squashing".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.gitobjects import Commit, Signature, signature
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.requirements import MergeMethod

GITHUB_EMAIL = "noreply@github.com"
"""The committer of what GitHub commits for somebody; the account web-flow."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """The title and the text of a merge or squash commit."""

    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.text}".strip()


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A merge that is to be made.

    Attributes:
        base: where the base branch is.
        head: what comes into it.
        merger: who merges.
        author: who opened the pull request.
        message: of the merge or squash commit.
    """

    method: MergeMethod
    base: str
    head: str
    merger: Signature
    author: Signature
    message: Message

    def make(self, git: GitRepository) -> str | None:
        """The commit that the base branch would point to; None when there is a conflict."""
        if self.method is MergeMethod.REBASE:
            return _rebased(git, self.base, self.head, self.merger)
        tree = git.merged_tree(self.base, self.head)
        if tree is None:
            return None
        squash = self.method is MergeMethod.SQUASH
        parents, author = ([self.base], self.author) if squash else ([self.base, self.head], self.merger)
        return git.write_commit(tree, parents, str(self.message), author, signature("GitHub", GITHUB_EMAIL))


def commits_between(git: GitRepository, base: str, head: str) -> list[Commit]:
    """What a head has and a base has not, the oldest first."""
    return git.commits(git.history("--reverse", "--topo-order", f"{base}..{head}"))


def _rebased(git: GitRepository, base: str, head: str, merger: Signature) -> str | None:
    """The commits of the head one by one on top of the base; merge commits are left out."""
    tip = base
    for commit in commits_between(git, base, head):
        if len(commit.parents) > 1:
            continue
        tree = _picked_tree(git, tip, commit, merger)
        if tree is None:
            return None
        if tree != git.commit(tip).tree:
            tip = git.write_commit(tree, [tip], commit.message, commit.author, merger)
    return tip


def _picked_tree(git: GitRepository, tip: str, commit: Commit, person: Signature) -> str | None:
    """The tree of a tip with one commit's change; None when they conflict.

    Git finds the base of a merge by ancestry. So the three trees become commits of their own, of which
    the one before the change is the parent of the other two.
    """
    before = git.commit(commit.parents[0]).tree if commit.parents else git.write_tree(None, [])
    root = git.write_commit(before, [], "before", person, person)
    ours = git.write_commit(git.commit(tip).tree, [root], "ours", person, person)
    theirs = git.write_commit(commit.tree, [root], "theirs", person, person)
    return git.merged_tree(ours, theirs)


def merge_message(repository: Document, pull: Document) -> Message:
    """What a merge commit says by the repository's settings."""
    title, body = str(pull["title"]), pull["body"] or ""
    standard = f"Merge pull request #{pull['number']} from {repository['owner']}/{pull['head']['ref']}"
    texts = {"PR_TITLE": title, "PR_BODY": body}
    return Message(
        title=standard
        if repository["merge_commit_title"] == "MERGE_MESSAGE"
        else f"{title} (#{pull['number']})",
        text=texts.get(repository["merge_commit_message"], ""),
    )


def squash_message(
    repository: Document, pull: Document, commits: Sequence[Commit], author: Signature
) -> Message:
    """What a squash commit says by the repository's settings; other authors are named as co-authors."""
    only = commits[0].message if len(commits) == 1 else None
    title = str(pull["title"])
    if only is not None and repository["squash_merge_commit_title"] == "COMMIT_OR_PR_TITLE":
        title = only.partition("\n")[0]
    texts = {"PR_BODY": pull["body"] or "", "COMMIT_MESSAGES": _messages(commits)}
    text = texts.get(repository["squash_merge_commit_message"], "")
    return Message(title=f"{title} (#{pull['number']})", text=_with_co_authors(text, commits, author))


def _messages(commits: Sequence[Commit]) -> str:
    if len(commits) == 1:
        return commits[0].message.partition("\n")[2].strip()
    return "\n\n".join(f"* {commit.message}" for commit in commits)


def _with_co_authors(text: str, commits: Sequence[Commit], author: Signature) -> str:
    people = {each.author.email: each.author for each in commits if each.author.email != author.email}
    trailers = [f"Co-authored-by: {person.name} <{person.email}>" for person in people.values()]
    missing = [trailer for trailer in trailers if trailer not in text]
    rule = ["---------"] if missing and len(commits) > 1 and text else []
    return "\n\n".join(part for part in (text, *rule, "\n".join(missing)) if part)
