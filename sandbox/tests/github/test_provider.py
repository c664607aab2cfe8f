"""What single types of the provider do at their edges, and the data sources."""

from typing import Any

import pytest

from slipway_sandbox.provider.contract import Properties, ProviderFault, Session
from slipway_sandbox.provider.github import GITHUB_INVOKES, GITHUB_TYPES
from slipway_sandbox.provider.github.client import Github
from tests.github.conftest import ENGINEER, OWNER, Server


def type_of(name: str) -> Any:
    """A materialised type by its short name."""
    return GITHUB_TYPES[f"github:index/{name[0].lower()}{name[1:]}:{name}"]


def invoke(session: Session, function: str, /, **args: Any) -> Properties:
    """A data source's result."""
    return GITHUB_INVOKES[f"github:index/{function}:{function}"](session, args)


def short(repository: str) -> str:
    """The name at the end of a path."""
    return repository.rpartition("/")[2]


def test_a_repository_is_renamed_in_place(server: Server, session: Session) -> None:
    """The engine keeps the old id: it must go on leading to the repository."""
    inputs = {"name": f"{short(server.new_repository())}-old"}
    made = type_of("Repository").create(session, "res", inputs)
    renamed = inputs | {"name": f"{inputs['name']}-new"}
    type_of("Repository").update(session, made.id, inputs, renamed)
    state = type_of("Repository").read(session, made.id, renamed)
    assert (state.id, state.outputs["name"]) == (renamed["name"], renamed["name"])
    type_of("Repository").delete(session, made.id, renamed)
    assert type_of("Repository").read(session, made.id, renamed) is None


def test_a_repository_may_be_archived_instead_of_deleted(server: Server, session: Session) -> None:
    """archiveOnDestroy keeps the history; a second deletion changes nothing."""
    name = f"{short(server.new_repository())}-kept"
    inputs = {"name": name, "archiveOnDestroy": True}
    type_of("Repository").create(session, "res", inputs)
    type_of("Repository").delete(session, name, inputs)
    assert server.ok("GET", f"/repos/{OWNER}/{name}")["archived"] is True
    type_of("Repository").delete(session, name, inputs)


@pytest.mark.parametrize(
    ("type_", "inputs", "message"),
    [
        ("Repository", {"name": "x", "template": {"owner": "o", "repository": "r"}}, "has no template"),
        ("Repository", {"name": "x", "pages": {"buildType": "workflow"}}, "has no pages"),
        ("Repository", {"name": "x", "licenseTemplate": "mit"}, "the sandbox has no license templates"),
        ("Team", {"name": "x", "ldapDn": "cn=x"}, "has no ldapDn"),
        ("Team", {"name": "x", "parentTeamId": "nowhere"}, "there is no team 'nowhere'"),
        ("Branch", {"repository": "nowhere", "branch": "x"}, "nowhere has no branch main"),
        ("TeamMembers", {"members": []}, "needs teamId or teamSlug"),
        (
            "RepositoryEnvironmentDeploymentPolicy",
            {"repository": "nowhere", "environment": "prod"},
            "needs branchPattern or tagPattern",
        ),
        (
            "OrganizationRuleset",
            {
                "name": "x",
                "target": "branch",
                "enforcement": "active",
                "rules": {},
                "conditions": {"repositoryProperty": {"includes": []}},
            },
            "`repository_property` is not served",
        ),
        ("ActionsVariable", {"repository": "nowhere", "variableName": "X", "value": "x"}, "404 Not Found"),
    ],
)
def test_what_cannot_be_is_a_fault_by_name(
    session: Session, type_: str, inputs: Properties, message: str
) -> None:
    """Never a resource that silently lacks what the program asked for."""
    with pytest.raises(ProviderFault, match=message):
        type_of(type_).create(session, "res", inputs)


def test_a_file_is_not_overwritten_unasked(session: Session, repository: str) -> None:
    """With overwriteOnCreate it is; a new branch is made where the program says so."""
    inputs = {"repository": short(repository), "file": "README.md", "content": "mine\n"}
    with pytest.raises(ProviderFault, match=r"refusing to overwrite README.md on main"):
        type_of("RepositoryFile").create(session, "res", inputs)
    type_of("RepositoryFile").create(session, "res", inputs | {"overwriteOnCreate": True})
    elsewhere = inputs | {"branch": "docs", "autocreateBranch": True, "file": "docs/a:b.md"}
    made = type_of("RepositoryFile").create(session, "res", elsewhere)
    assert made.id == f"{short(repository)}:docs/a??b.md:docs"
    assert type_of("RepositoryFile").read(session, made.id, {}).outputs["file"] == "docs/a:b.md"
    with pytest.raises(ProviderFault, match="commitAuthor and commitEmail go together"):
        type_of("RepositoryFile").update(
            session, made.id, inputs, elsewhere | {"commitAuthor": "A", "content": ""}
        )


def test_a_label_that_exists_is_taken_over(server: Server, session: Session, repository: str) -> None:
    """As the real provider: an existing label is no error."""
    server.ok("POST", f"{repository}/labels", name="bug", color="000000")
    inputs = {"repository": short(repository), "name": "bug", "color": "ff0000"}
    type_of("IssueLabel").create(session, "res", inputs)
    assert [each["color"] for each in server.ok("GET", f"{repository}/labels")] == ["ff0000"]


def test_actors_may_be_node_ids(server: Server, session: Session, repository: str) -> None:
    """The program's spelling stays: no drift between /login and a node id."""
    ana = server.ok("GET", "/users/ana")["node_id"]
    team = server.ok("POST", f"/orgs/{OWNER}/teams", name=f"{short(repository)} actors")
    shape = server.ok("GET", repository)
    allowed = [ana, team["node_id"], "/bruno"]
    inputs = {
        "repositoryId": shape["node_id"],
        "pattern": "main",
        "restrictPushes": [{"pushAllowances": allowed, "blocksCreations": False}],
    }
    made = type_of("BranchProtection").create(session, "res", inputs)
    outputs = type_of("BranchProtection").read(session, made.id, inputs).outputs
    assert outputs["repositoryId"] == shape["node_id"]
    assert set(outputs["restrictPushes"][0]["pushAllowances"]) == set(allowed)
    with pytest.raises(ProviderFault, match="'ana' is no actor"):
        type_of("BranchProtection").update(session, made.id, inputs, inputs | {"forcePushBypassers": ["ana"]})


def test_only_listed_people_may_stay_in_a_team(server: Server, session: Session) -> None:
    """TeamMembers is the whole truth about a team."""
    team = server.ok("POST", f"/orgs/{OWNER}/teams", name=f"{short(server.new_repository())} team")
    inputs = {"teamSlug": team["slug"], "members": [{"username": "ana"}]}
    type_of("TeamMembers").create(session, "res", inputs)
    logins = [each["login"] for each in server.ok("GET", f"/teams/{team['id']}/members")]
    assert logins == ["ana"]


def test_a_policy_cannot_turn_from_branch_to_tag(server: Server, session: Session, repository: str) -> None:
    """It would be another object: the fault says what to do."""
    policy = {"protected_branches": False, "custom_branch_policies": True}
    server.ok("PUT", f"{repository}/environments/prod", deployment_branch_policy=policy)
    inputs = {"repository": short(repository), "environment": "prod", "branchPattern": "main"}
    type_ = type_of("RepositoryEnvironmentDeploymentPolicy")
    made = type_.create(session, "res", inputs)
    new = {"repository": short(repository), "environment": "prod", "tagPattern": "v*"}
    with pytest.raises(ProviderFault, match="cannot turn from a branch pattern into a tag pattern"):
        type_.update(session, made.id, inputs, new)


def test_an_id_of_the_wrong_form_is_named(session: Session) -> None:
    """A typo in an import."""
    with pytest.raises(ProviderFault, match="'main' is not an id of the form repository:branch"):
        type_of("Branch").read(session, "main", {})


def test_a_dead_server_is_one_clear_fault() -> None:
    """Not a stack of urllib3's exceptions."""
    dead = Github("http://127.0.0.1:1", "token", OWNER)
    with pytest.raises(ProviderFault, match=r"GitHub at http://127.0.0.1:1 does not answer"):
        dead.request("GET", "/user")


def test_a_wrong_token_is_one_clear_fault(server: Server) -> None:
    """GitHub's own words."""
    with pytest.raises(ProviderFault, match="GitHub refused GET /user: 401 Bad credentials"):
        Github(server.url, "ghp_wrong", OWNER).request("GET", "/user")


def test_repositories_and_files_as_data(server: Server, session: Session, repository: str) -> None:
    """By name and by full name; files with content and commit."""
    name = short(repository)
    by_name = invoke(session, "getRepository", name=name)
    assert by_name == invoke(session, "getRepository", fullName=f"{OWNER}/{name}")
    assert (by_name["fullName"], by_name["defaultBranch"]) == (f"{OWNER}/{name}", "main")
    tip = server.ok("GET", f"{repository}/git/ref/heads/main")["object"]["sha"]
    assert invoke(session, "getBranch", repository=name, branch="main")["sha"] == tip
    assert invoke(session, "getRef", repository=name, ref="heads/main")["sha"] == tip
    file = invoke(session, "getRepositoryFile", repository=name, file="README.md")
    assert (file["content"].splitlines()[0], file["commitSha"]) == (f"# {name}", tip)


def test_people_as_data(server: Server, session: Session) -> None:
    """Users, teams, the organisation."""
    assert invoke(session, "getUser", username="")["login"] == ENGINEER
    ana = invoke(session, "getUser", username="ana")
    assert ana["id"] == str(server.ok("GET", "/users/ana")["id"])
    team = server.ok("POST", f"/orgs/{OWNER}/teams", name=f"{short(server.new_repository())} data")
    found = invoke(session, "getTeam", slug=team["slug"])
    assert (found["id"], found["members"]) == (str(team["id"]), [ENGINEER])
    organization = invoke(session, "getOrganization", name=OWNER)
    assert {"login": ENGINEER, "role": "ADMIN"}.items() <= next(
        each for each in organization["users"] if each["login"] == ENGINEER
    ).items()


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("getRepository", {"name": "nowhere"}, "there is no repository finedge/nowhere"),
        ("getTeam", {"slug": "nowhere"}, "there is no team nowhere"),
        ("getBranch", {"repository": "nowhere", "branch": "x"}, "there is no branch x of nowhere"),
        ("getUser", {"username": "not a login"}, "there is no user not a login"),
    ],
)
def test_data_that_does_not_exist_is_a_fault(
    session: Session, name: str, args: Properties, message: str
) -> None:
    """An empty answer would become an empty name in somebody's resource."""
    with pytest.raises(ProviderFault, match=message):
        invoke(session, name, **args)
