"""The state of this GitHub: its documents, its repositories on disk, and who may do what in them.

Owned here: finding accounts, teams and repositories, the permission of a person, one lock a repository. Not
owned: HTTP. Used by the server and by the process of the git hook.
"""

import hashlib
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from slipway_sandbox.github.errors import not_found
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.identity import Permission, now, permission
from slipway_sandbox.github.records import Document, Kind, Records

ENGINEER = "platform-engineer"
"""The login that the sandbox's own token belongs to; an owner of every organisation made at start."""

APP_SUFFIX = "[bot]"
"""How the account of an app is told from a person's."""

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:\[bot\])?")


class Forge:
    """All of one GitHub.

    Args:
        home: the sandbox's folder; repositories are ``git/<owner>/<name>.git`` in it.
        git_environment: what git runs with; None for the server, the hook passes its own.
    """

    def __init__(self, home: Path, git_environment: Mapping[str, str] | None = None) -> None:
        self.root = home / "git"
        self.root.mkdir(parents=True, exist_ok=True)
        self.records = Records(self.root / "github.sqlite")
        self._git_environment = git_environment
        self._locks: dict[int, threading.RLock] = {}
        self._locks_lock = threading.Lock()

    # accounts

    def user(self, login: str) -> Document:
        """A person's account. Whoever is well named has one, as practically everybody has on github.com.

        Raises:
            GithubError: no person can have this login, or an organisation has it.
        """
        if not _LOGIN.fullmatch(login) or self.records.find(Kind.ORGANIZATION, login):
            raise not_found()
        with self.records.transaction():
            found = self.records.find(Kind.USER, login)
            return found or self._new_account(Kind.USER, login)

    def find_organization(self, login: str) -> Document | None:
        """The organisation, or None."""
        return self.records.find(Kind.ORGANIZATION, login)

    def add_organization(self, login: str, admin: str) -> Document:
        """An organisation with one owner; one that exists already gets the owner."""
        with self.records.transaction():
            found = self.find_organization(login) or self._new_account(Kind.ORGANIZATION, login)
            self.set_member(found, self.user(admin), "admin")
        return found

    def _new_account(self, kind: Kind, login: str) -> Document:
        made = now()
        body = {"id": self.records.next_id(), "login": login, "created_at": made, "updated_at": made}
        return self.records.put(kind, login, body=body)

    def set_member(self, organization: Document, user: Document, role: str) -> None:
        """Make a person ``admin`` (owner) or ``member`` of an organisation."""
        body = {"login": user["login"], "role": role}
        self.records.put(Kind.ORGANIZATION_MEMBER, organization["id"], user["login"], body=body)

    def ensure_member(self, organization: Document, user: Document) -> None:
        """Make a person a member; an owner stays one."""
        if not self.records.find(Kind.ORGANIZATION_MEMBER, organization["id"], user["login"]):
            self.set_member(organization, user, "member")

    def is_member(self, login: str, organization: Document) -> bool:
        """Whether a person belongs to the organisation."""
        return self.records.find(Kind.ORGANIZATION_MEMBER, organization["id"], login) is not None

    def is_owner(self, login: str, organization: Document) -> bool:
        """Whether a person owns the organisation."""
        member = self.records.find(Kind.ORGANIZATION_MEMBER, organization["id"], login)
        return member is not None and member["role"] == "admin"

    def add_token(self, token: str, login: str) -> None:
        """Let a token speak for a person."""
        self.records.put(Kind.TOKEN, _digest(token), body={"login": self.user(login)["login"]})

    def login_of(self, token: str) -> str | None:
        """Whose token this is; None for an unknown one."""
        found = self.records.find(Kind.TOKEN, _digest(token))
        return None if found is None else str(found["login"])

    # repositories

    def find_repository(self, owner: str, name: str) -> tuple[Document, bool] | None:
        """The repository of that name, and whether the name is a former one."""
        named = self.records.find(Kind.REPOSITORY_NAME, owner, name)
        found = None if named is None else self.records.find(Kind.REPOSITORY, named["id"])
        if named is None or found is None:
            return None
        return found, bool(named["former"])

    def repository_by_id(self, id_: int) -> Document | None:
        """The repository, or None."""
        return self.records.find(Kind.REPOSITORY, id_)

    def repositories_of(self, owner: str) -> list[Document]:
        """The repositories of an organisation, the oldest first."""
        every = self.records.every(Kind.REPOSITORY)
        return [each for each in every if each["owner"].lower() == owner.lower()]

    def folder(self, repository: Document) -> Path:
        """Where the bare repository is."""
        return self.root / str(repository["owner"]) / f"{repository['name']}.git"

    def git(self, repository: Document) -> GitRepository:
        """The bare repository."""
        return GitRepository(self.folder(repository), self._git_environment)

    @contextmanager
    def writing(self, repository: Document) -> Iterator[GitRepository]:
        """Hold the repository: refs move only here, so that a check and the move it allows are one."""
        with self._locks_lock:
            lock = self._locks.setdefault(repository["id"], threading.RLock())
        with lock:
            yield self.git(repository)

    def discard(self, repository: Document) -> None:
        """Delete a repository with everything that hangs on it."""
        id_ = repository["id"]
        with self.writing(repository), self.records.transaction():
            scopes = [f"repository.{id_}"]
            scopes += [f"environment.{each['id']}" for each in self.records.every(Kind.ENVIRONMENT, id_)]
            for scope in scopes:
                self.records.remove(Kind.KEY_PAIR, scope)
                for kind in (Kind.VARIABLE, Kind.SECRET):
                    self.records.remove_all(kind, scope)
            for kind in (
                Kind.COLLABORATOR,
                Kind.PROTECTION,
                Kind.ENVIRONMENT,
                Kind.DEPLOYMENT_POLICY,
                Kind.LABEL,
                Kind.PULL,
                Kind.REVIEW,
                Kind.STATUS,
                Kind.CHECK_SUITE,
                Kind.CHECK_RUN,
            ):
                self.records.remove_all(kind, id_)
            self.records.remove_all(Kind.RULESET, f"repository.{id_}")
            for key, _ in self.records.items(Kind.TEAM_REPOSITORY):
                if key.endswith(f"/{id_}"):
                    self.records.remove(Kind.TEAM_REPOSITORY, key)
            for key, named in self.records.items(Kind.REPOSITORY_NAME):
                if named["id"] == id_:
                    self.records.remove(Kind.REPOSITORY_NAME, key)
            self.records.remove(Kind.REPOSITORY, id_)
            shutil.rmtree(self.folder(repository))

    # permissions

    def teams_of(self, login: str) -> dict[int, Document]:
        """The teams of a person by id, with the teams above them, whose access they inherit."""
        teams = {team["id"]: team for team in self.records.every(Kind.TEAM)}
        mine: dict[int, Document] = {}
        for team in teams.values():
            if self.records.find(Kind.TEAM_MEMBER, team["id"], login):
                above: Document | None = team
                while above is not None:
                    mine[above["id"]] = above
                    above = teams.get(above["parent_id"])
        return mine

    def permission_of(self, login: str, repository: Document) -> Permission:
        """The highest of what a person has by ownership, collaboration, teams and visibility."""
        id_ = repository["id"]
        owner = self.find_organization(repository["owner"])
        if owner is not None and self.is_owner(login, owner):
            return Permission.ADMIN
        granted = [self.records.find(Kind.COLLABORATOR, id_, login)]
        granted += [self.records.find(Kind.TEAM_REPOSITORY, team, id_) for team in self.teams_of(login)]
        levels = [permission(grant["permission"]) or Permission.NONE for grant in granted if grant]
        return max(
            [*levels, self._base_permission(login, repository, owner), self._app_permission(login, owner)]
        )

    def _app_permission(self, login: str, owner: Document | None) -> Permission:
        """An app that is installed in the organisation writes in all of its repositories."""
        app = (
            self.records.find(Kind.APP, login.removesuffix(APP_SUFFIX))
            if login.endswith(APP_SUFFIX)
            else None
        )
        installed = app is not None and owner is not None and app["organization"] == owner["login"]
        return Permission.WRITE if installed else Permission.NONE

    def _base_permission(self, login: str, repository: Document, owner: Document | None) -> Permission:
        if repository["visibility"] == "public":
            return Permission.READ
        member = owner and self.records.find(Kind.ORGANIZATION_MEMBER, owner["id"], login)
        return Permission.READ if member else Permission.NONE

    def team_by_id(self, id_: int) -> Document | None:
        """A team, with its organisation's login as ``organization``."""
        return self.records.find(Kind.TEAM, id_)

    def team_by_slug(self, organization: Document, slug: str) -> Document | None:
        """A team of an organisation."""
        teams = self.records.every(Kind.TEAM)
        mine = (team for team in teams if team["organization_id"] == organization["id"])
        return next((team for team in mine if team["slug"] == slug.lower()), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
