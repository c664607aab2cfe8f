"""The parts of a branch's protection with routes of their own: switches, reviews, checks, restrictions."""

from slipway_sandbox.github.errors import not_found
from slipway_sandbox.github.protection import (
    checks_from,
    checks_shape,
    existing_rule,
    people_from,
    people_shape,
    reviews_from,
    reviews_shape,
    store,
)
from slipway_sandbox.github.records import Document
from slipway_sandbox.github.rest import NOTHING, REPOSITORY, Answer, Body, Call, Handler, Route, reads, writes

_BRANCH = f"{REPOSITORY}/branches/<path:branch>/protection"
_REVIEWS = "required_pull_request_reviews"
_CHECKS = "required_status_checks"
_RESTRICTIONS = "restrictions"


def _url(call: Call) -> str:
    return call.repository_url("branches", call.names["branch"], "protection")


def _set(call: Call, part: str, value: object) -> Document:
    return store(call, existing_rule(call) | {part: value})


def _atomic(handler: Handler) -> Handler:
    """A handler that reads a rule and writes it back: no other change comes in between."""

    def handle(call: Call) -> Answer:
        with call.forge.records.transaction():
            return handler(call)

    return handle


def _switch(part: str) -> tuple[Route, ...]:
    """GET, POST (on) and DELETE (off) of a part that is on or off."""

    def shape(call: Call, rule: Document) -> Answer:
        return Answer(payload={"url": f"{_url(call)}/{part}", "enabled": rule[part]})

    def turn_off(call: Call) -> Answer:
        _set(call, part, value=False)
        return NOTHING

    path = f"{_BRANCH}/{part}"
    return (
        reads(path, lambda call: shape(call, existing_rule(call))),
        writes("POST", path, _atomic(lambda call: shape(call, _set(call, part, value=True)))),
        writes("DELETE", path, _atomic(turn_off)),
    )


def _part(call: Call, name: str) -> Document:
    part: Document | None = existing_rule(call)[name]
    if part is None:
        raise not_found(f"{name.replace('_', ' ').capitalize()} not enabled")
    return part


def _removal(name: str) -> Handler:
    def remove(call: Call) -> Answer:
        _part(call, name)
        _set(call, name, None)
        return NOTHING

    return remove


def _get_reviews(call: Call) -> Answer:
    return Answer(payload=reviews_shape(call, _part(call, _REVIEWS), _url(call)))


def _patch_reviews(call: Call) -> Answer:
    given = call.body().fields
    wanted = reviews_from(call, Body(given)) or {}
    before = existing_rule(call)[_REVIEWS]
    kept = {name: value for name, value in (before or {}).items() if name not in given}
    _set(call, _REVIEWS, wanted | kept)
    return _get_reviews(call)


def _get_checks(call: Call) -> Answer:
    return Answer(payload=checks_shape(_part(call, _CHECKS), _url(call)))


def _patch_checks(call: Call) -> Answer:
    body, before = call.body(), _part(call, _CHECKS)
    wanted = checks_from(body) or {}
    checks = wanted["checks"] if "checks" in body or "contexts" in body else before["checks"]
    _set(call, _CHECKS, {"strict": body.flag("strict", default=before["strict"]), "checks": checks})
    return _get_checks(call)


def _get_restrictions(call: Call) -> Answer:
    people = people_shape(call, _part(call, _RESTRICTIONS))
    return Answer(payload={"url": f"{_url(call)}/restrictions"} | people)


def _replace_people(kind: str) -> Handler:
    """PUT of the users or teams that may push."""

    def replace(call: Call) -> Answer:
        before = _part(call, _RESTRICTIONS)
        wanted = people_from(call, Body(before | {kind: call.body().words(kind)}))
        _set(call, _RESTRICTIONS, wanted)
        return Answer(payload=people_shape(call, _part(call, _RESTRICTIONS))[kind])

    return replace


ROUTES = (
    *_switch("enforce_admins"),
    *_switch("required_signatures"),
    reads(f"{_BRANCH}/{_REVIEWS}", _get_reviews),
    writes("PATCH", f"{_BRANCH}/{_REVIEWS}", _atomic(_patch_reviews)),
    writes("DELETE", f"{_BRANCH}/{_REVIEWS}", _atomic(_removal(_REVIEWS))),
    reads(f"{_BRANCH}/{_CHECKS}", _get_checks),
    writes("PATCH", f"{_BRANCH}/{_CHECKS}", _atomic(_patch_checks)),
    writes("DELETE", f"{_BRANCH}/{_CHECKS}", _atomic(_removal(_CHECKS))),
    reads(f"{_BRANCH}/{_RESTRICTIONS}", _get_restrictions),
    writes("PUT", f"{_BRANCH}/{_RESTRICTIONS}/users", _atomic(_replace_people("users"))),
    writes("PUT", f"{_BRANCH}/{_RESTRICTIONS}/teams", _atomic(_replace_people("teams"))),
    writes("DELETE", f"{_BRANCH}/{_RESTRICTIONS}", _atomic(_removal(_RESTRICTIONS))),
)
