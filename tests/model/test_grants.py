"""The steps between two sets of grants lead there, and take nothing away in between."""

from hypothesis import given
from hypothesis import strategies as st

from slipway.model.grants import Grant, GrantAction, Grantee, GranteeKind, Privilege, applied, difference

PRIVILEGES = st.sampled_from([Privilege(each) for each in ("SELECT", "INSERT", "UPDATE")])
GRANTEES = st.builds(Grantee, st.sampled_from(GranteeKind), st.sampled_from(["READER", "WRITER"]))
GRANTS = st.dictionaries(st.tuples(PRIVILEGES, GRANTEES), st.booleans()).map(
    lambda options: frozenset(
        Grant(privilege=privilege, grantee=grantee, with_grant_option=option)
        for (privilege, grantee), option in options.items()
    )
)


def plain(grants: frozenset[Grant]) -> set[tuple[Privilege, Grantee]]:
    """Who may do what, whether or not they may grant it on."""
    return {(each.privilege, each.grantee) for each in grants}


@given(GRANTS, GRANTS)
def test_the_steps_lead_there(have: frozenset[Grant], want: frozenset[Grant]) -> None:
    """Equalising is complete, and there is nothing left to do after it."""
    assert applied(have, difference(have, want)) == want


@given(GRANTS)
def test_equal_grants_need_no_step(have: frozenset[Grant]) -> None:
    """A second equalising changes nothing."""
    assert difference(have, have) == ()


@given(GRANTS, GRANTS)
def test_nobody_loses_in_between(have: frozenset[Grant], want: frozenset[Grant]) -> None:
    """After each step everybody has what both sets give."""
    steps = difference(have, want)
    for count in range(len(steps) + 1):
        assert plain(have) & plain(want) <= plain(applied(have, steps[:count]))


@given(GRANTS, GRANTS)
def test_each_privilege_is_touched_once(have: frozenset[Grant], want: frozenset[Grant]) -> None:
    """A step is the least that is needed: an option is taken without the privilege."""
    steps = difference(have, want)
    assert len({(each.grant.privilege, each.grant.grantee) for each in steps}) == len(steps)
    revoked = {
        (each.grant.privilege, each.grant.grantee) for each in steps if each.action is GrantAction.REVOKE
    }
    assert revoked == plain(have) - plain(want)
