"""A proposal has every resource of its layer by a URN of its own, and everything that has a second owner."""

from collections.abc import Mapping
from typing import Any

import pytest

from slipway.adopt.faults import NotAdoptable, ProposalUnreadable, StateUnreadable
from slipway.adopt.layers import parse_layers
from slipway.adopt.proposal import OverlapKind, Proposal, read_proposal, write_proposal
from slipway.adopt.propose import Target, propose
from slipway.adopt.pulumi_state import Owned, read_owned
from slipway.adopt.state import State
from tests.doubles.sdk_types import TEXTS, MemoryTypes, a_type, an_argument
from tests.doubles.terraform_states import AWS, BUCKET, a_resource, an_instance, of_type, read

TYPES = MemoryTypes(
    a_type(
        *(an_argument(name) for name in ("bucket", "region", "policy", "password")),
        *(an_argument(name, TEXTS) for name in ("ingresses", "grants")),
    )
)
TARGET = Target(stack="dev", project="slipway", region="us-east-1")
SNOWFLAKE = 'provider["registry.terraform.io/snowflakedb/snowflake"]'
GITHUB = 'provider["registry.terraform.io/integrations/github"]'
HIDDEN = "hunter2-not-to-be-seen"


def _proposal(*states: State, layer: str = "lake=*", owned: tuple[Owned, ...] = ()) -> Proposal:
    target = Target(stack=TARGET.stack, project=TARGET.project, region=TARGET.region, owned=owned)
    (found,) = propose(states, parse_layers([layer]), target, TYPES)
    return found


def test_a_resource_is_proposed_with_all_that_the_import_needs() -> None:
    """Type, name, URN, parent, id, inputs, and where it is from."""
    state = read(a_resource(module='module.zone["a"]'))
    found = _proposal(state)
    (resource,) = found.resources
    assert [(each.module, each.type) for each in found.components] == [
        ("", "slipway:adopted:Layer"),
        ('module.zone["a"]', "slipway:adopted:Zone"),
    ]
    assert found.components[1].parent == found.components[0].urn
    assert resource.parent == found.components[1].urn
    assert resource.urn == (
        "urn:pulumi:dev::slipway::slipway:adopted:Layer$slipway:adopted:Zone$aws:s3/bucket:Bucket"
        "::lake/zone[a].lake"
    )
    assert (resource.address, resource.state) == ('module.zone["a"].aws_s3_bucket.lake', state.id.lineage)
    assert (resource.type, resource.py) == ("aws:s3/bucket:Bucket", "pulumi_aws.s3.Bucket")
    assert (resource.import_id, resource.inputs) == ("lake", {"bucket": "lake"})
    assert (found.states[0].serial, found.states[0].digest) == (7, state.id.digest)


def test_modules_between_are_components_too() -> None:
    """A module that only calls another has no resource, and its component is in the URN all the same."""
    found = _proposal(read(a_resource(module="module.a.module.b")))
    assert [each.name for each in found.components] == ["lake", "lake/a", "lake/a.b"]
    assert len({each.urn for each in found.components}) == 3


def test_a_proposal_is_the_same_in_every_run_and_order() -> None:
    """Names are not numbered: another order of the state changes none."""
    one, two = a_resource(name="one"), a_resource(name="two")
    names = [
        {each.address: each.urn for each in _proposal(read(*order)).resources}
        for order in ((one, two), (two, one))
    ]
    assert names[0] == names[1]
    assert _proposal(read(one, two)).digest == _proposal(read(one, two)).digest
    assert _proposal(read(one, two)).digest != _proposal(read(one)).digest


def test_what_is_not_adopted_is_listed() -> None:
    """With the reason."""
    found = _proposal(read(a_resource(), a_resource(mode="data", name="read")))
    assert [(each.address, each.becomes, each.why) for each in found.left_out] == [
        ("data.aws_s3_bucket.read", "drop", "a data source: Terraform only reads it")
    ]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            a_resource(an_instance(status="tainted")),
            "the layer lake takes aws_s3_bucket.lake: tainted: the next apply replaces it",
        ),
        (
            a_resource(an_instance(deposed="0a1b2c3d")),
            "the layer lake takes aws_s3_bucket.lake (deposed 0a1b2c3d): deposed: what its replacement",
        ),
        (
            a_resource(
                an_instance(index_key=0), an_instance(index_key=1), provider='provider["x.io/acme/aws"]'
            ),
            "the layer lake takes aws_s3_bucket.lake[0] (and 1 more): no table is of the provider x.io/",
        ),
    ],
)
def test_what_terraform_has_to_put_right_is_refused(resource: Mapping[str, Any], message: str) -> None:
    """A layer is adopted whole."""
    with pytest.raises(NotAdoptable) as refused:
        _proposal(read(resource))
    assert refused.value.message.startswith(message)
    assert "patterns that leave it out" in refused.value.remedy


def test_patterns_may_leave_out_what_is_wrong() -> None:
    """The other instances of the resource are adopted."""
    state = read(a_resource(an_instance(index_key="a"), an_instance(index_key="b", status="tainted")))
    assert len(_proposal(state, layer='lake=aws_s3_bucket.lake["a"]').resources) == 1


def test_one_address_of_two_states_is_two_layers() -> None:
    """Their names would be one."""
    states = (
        read(a_resource(), source="a", lineage="1"),
        read(a_resource(an_instance(attributes={"id": "b", "bucket": "b"})), source="b", lineage="2"),
    )
    with pytest.raises(NotAdoptable, match=r"takes aws_s3_bucket\.lake of a and of b"):
        _proposal(*states)


def test_an_object_in_two_states_is_found() -> None:
    """Whatever it is called there, and also in a state of which no layer takes anything."""
    mine = read(a_resource(), source="a", lineage="1")
    other = read(a_resource(name="same"), source="b", lineage="2")
    found = _proposal(mine, other, layer="lake=aws_s3_bucket.lake")
    (overlap,) = found.overlaps
    assert (overlap.kind, overlap.other, overlap.blocks) == (
        OverlapKind.TWICE,
        "aws_s3_bucket.same of b",
        True,
    )
    assert found.blocked


def test_old_and_new_words_for_one_type_are_one_object() -> None:
    """`aws_alb` is `aws_lb`, `aws_s3_bucket_object` is `aws_s3_object`."""
    balancer = {"id": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/x/1"}
    balancer["arn"] = balancer["id"]
    found = _proposal(read(of_type("aws_lb", balancer), of_type("aws_alb", balancer)), layer="web=aws_lb")
    assert [each.kind for each in found.overlaps] == [OverlapKind.TWICE]


@pytest.mark.parametrize(("account", "count"), [("1", 1), ("2", 0)])
def test_the_same_name_in_two_accounts_is_two_objects(account: str, count: int) -> None:
    """A policy of a role has no ARN: it is where the other objects of its state are."""
    policy = of_type("aws_iam_role_policy", {"id": "loader:kms"}, name="mine")
    role = of_type("aws_iam_role", {"id": "x", "arn": "arn:aws:iam::1:role/x"})
    other = of_type("aws_iam_role", {"id": "y", "arn": f"arn:aws:iam::{account}:role/y"})
    states = (
        read(policy, role, source="a", lineage="1"),
        read({**policy, "name": "theirs"}, other, source="b", lineage="2"),
    )
    found = _proposal(*states, layer="iam=aws_iam_role_policy.mine")
    assert len(found.overlaps) == count


def test_what_pulumi_owns_is_found() -> None:
    """By type, also an older word for it, and id; and by the URN that it would get."""
    owned = (
        Owned(
            urn="urn:pulumi:prod::other::aws:s3/bucketV2:BucketV2::x",
            type="aws:s3/bucketV2:BucketV2",
            id="lake",
        ),
        Owned(urn="urn:pulumi:prod::other::aws:s3/bucket:Bucket::y", type="aws:s3/bucket:Bucket", id="lake"),
        Owned(urn="urn:pulumi:prod::other::aws:sqs/queue:Queue::z", type="aws:sqs/queue:Queue", id="lake"),
    )
    found = _proposal(read(a_resource()), owned=owned)
    assert [(each.kind, each.other, each.blocks) for each in found.overlaps] == [
        (OverlapKind.IN_PULUMI, owned[1].urn, True),
        (OverlapKind.IN_PULUMI, owned[0].urn, True),
    ]
    again = (Owned(urn=found.resources[0].urn, type="aws:s3/bucket:Bucket", id="lake"),)
    (taken,) = _proposal(read(a_resource()), owned=again).overlaps
    assert (taken.kind, taken.blocks) == (OverlapKind.URN_TAKEN, True)


def test_inline_parts_that_separate_resources_own_are_left_out() -> None:
    """Also where these are in another layer."""
    group = of_type("aws_security_group", {"id": "sg-1", "ingress": ["10.0.0.0/8"]})
    rule = of_type("aws_vpc_security_group_ingress_rule", {"id": "sgr-1", "security_group_id": "sg-1"})
    alone = _proposal(read(group))
    assert alone.resources[0].inputs == {"ingresses": ["10.0.0.0/8"]}
    assert alone.overlaps == ()
    both = _proposal(read(group, rule), layer="network=aws_security_group")
    assert both.resources[0].inputs == {}
    (overlap,) = both.overlaps
    assert (overlap.kind, overlap.blocks) == (OverlapKind.INLINE, False)
    assert overlap.says == "ingress is left out of the inputs: the separate resources own it"
    assert not both.blocked
    elsewhere = read(rule, source="rules", lineage="rules")
    (far,) = _proposal(read(group), elsewhere, layer="network=aws_security_group").overlaps
    assert far.other == "aws_vpc_security_group_ingress_rule.this of rules"


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        (
            of_type("github_repository_collaborators", {"id": "dbt", "repository": "dbt"}, provider=GITHUB),
            of_type(
                "github_repository_collaborator", {"id": "dbt:ana", "repository": "dbt"}, provider=GITHUB
            ),
            1,
        ),
        (
            of_type("github_repository_collaborators", {"id": "dbt", "repository": "dbt"}, provider=GITHUB),
            of_type("github_repository_collaborator", {"id": "x:ana", "repository": "x"}, provider=GITHUB),
            0,
        ),
        (
            of_type(
                "snowflake_grant_privileges_to_account_role",
                {
                    "id": "1",
                    "account_role_name": "R",
                    "on_schema": [{"schema_name": "S"}],
                    "privileges": ["USAGE"],
                },
                provider=SNOWFLAKE,
            ),
            of_type(
                "snowflake_grant_privileges_to_account_role",
                {
                    "id": "2",
                    "account_role_name": "R",
                    "on_schema": [{"schema_name": "S"}],
                    "all_privileges": True,
                },
                provider=SNOWFLAKE,
                name="all",
            ),
            1,
        ),
        (
            of_type(
                "snowflake_grant_privileges_to_account_role",
                {"id": "1", "account_role_name": "R", "on_account": True, "privileges": ["USAGE"]},
                provider=SNOWFLAKE,
            ),
            of_type(
                "snowflake_grant_privileges_to_account_role",
                {"id": "2", "account_role_name": "R", "on_account": True, "privileges": ["MONITOR"]},
                provider=SNOWFLAKE,
                name="all",
            ),
            0,
        ),
    ],
)
def test_two_owners_of_a_list_or_a_right_are_settled_first(
    first: Mapping[str, Any], second: Mapping[str, Any], count: int
) -> None:
    """Each undoes the other's work at its next run."""
    overlaps = _proposal(read(first, second)).overlaps
    assert [each.blocks for each in overlaps] == [True] * count


def test_an_alias_of_another_region_is_told() -> None:
    """The inputs and the import id say where the object is; the provider is listed with its region."""
    west = of_type(
        "aws_sns_topic",
        {"id": "arn:aws:sns:us-west-2:1:x", "arn": "arn:aws:sns:us-west-2:1:x"},
        provider=f"{AWS}.west",
    )
    found = _proposal(read(a_resource(), west))
    assert [(each.provider, each.regions, each.accounts) for each in found.providers] == [
        ("hashicorp/aws", (), ()),
        ("hashicorp/aws.west", ("us-west-2",), ("1",)),
    ]
    resource = found.resources[1]
    assert (resource.inputs, resource.import_id) == (
        {"region": "us-west-2"},
        "arn:aws:sns:us-west-2:1:x@us-west-2",
    )


def test_no_secret_is_in_the_file() -> None:
    """It is reviewed, and kept in git."""
    secret = a_resource(
        an_instance(
            attributes={**BUCKET, "password": HIDDEN},
            sensitive_attributes=[[{"type": "get_attr", "value": "password"}]],
        )
    )
    found = _proposal(read(secret))
    assert found.resources[0].secrets == ("password",)
    assert found.resources[0].outputs_from_state
    assert HIDDEN not in write_proposal(found)
    assert found.resources[0].inputs["password"] == {"$secret": ["password"]}


def test_a_secret_that_only_its_name_tells_comes_from_the_state() -> None:
    """States before Terraform 1.10 do not mark what the provider calls sensitive."""
    found = _proposal(read(a_resource(an_instance(attributes={**BUCKET, "password": HIDDEN}))))
    assert found.resources[0].outputs_from_state
    assert found.resources[0].why == "reading it back may not bring password: from the state"


def test_a_proposal_is_read_as_it_was_written() -> None:
    """A file that was changed is none: what is approved is its digest."""
    proposal = _proposal(read(a_resource()))
    written = write_proposal(proposal)
    assert read_proposal(written.encode(), "lake.proposal.json") == proposal
    changed = written.replace('"bucket": "lake"', '"bucket": "pond"')
    with pytest.raises(ProposalUnreadable, match=r"lake\.proposal\.json was changed since it was written"):
        read_proposal(changed.encode(), "lake.proposal.json")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"{", "JSON"),
        (b"[]", "JSON"),
        (b"{}", "JSON"),
        (b'{"digest": "", "proposal": {"layer": 1}}', "layer"),
    ],
)
def test_what_is_no_proposal_is_refused(content: bytes, place: str) -> None:
    """With the place."""
    with pytest.raises(ProposalUnreadable, match=f"x is no proposal: {place} is wrong"):
        read_proposal(content, "x")


def test_an_export_is_read() -> None:
    """What waits to be deleted is not owned; what is no export is refused without a value of it."""
    content = (
        b'{"version": 3, "deployment": {"resources": [{"urn": "u", "type": "t", "id": "i", "inputs": {}},'
        b'{"urn": "v", "type": "t", "delete": true}, {"urn": "w", "type": "c"}]}}'
    )
    assert read_owned(content, "x") == (
        Owned(urn="u", type="t", id="i"),
        Owned(urn="w", type="c", id=""),
    )
    assert read_owned(b'{"deployment": {}}', "x") == ()
    with pytest.raises(StateUnreadable, match="x is no exported stack"):
        read_owned(b'{"resources": "' + HIDDEN.encode(), "x")
