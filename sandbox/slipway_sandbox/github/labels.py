"""Labels of a repository. A new repository has none: GitHub's nine first ones are left out."""

import re

from slipway_sandbox.github.errors import invalid, not_found
from slipway_sandbox.github.identity import NodeType, Permission, node_id
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rest import CREATED, NOTHING, REPOSITORY, Answer, Call, reads, writes

_COLOR = re.compile(r"[0-9a-fA-F]{6}")


def _shape(call: Call, label: Document) -> Document:
    return {
        "id": label["id"],
        "node_id": node_id(NodeType.LABEL, label["id"]),
        "url": call.repository_url("labels", label["name"]),
        "name": label["name"],
        "color": label["color"],
        "default": False,
        "description": label["description"],
    }


def _label(call: Call) -> Document:
    found = call.forge.records.find(Kind.LABEL, call.repository["id"], call.names["name"])
    if found is None:
        raise not_found()
    return found


def _color(text: str) -> str:
    if not _COLOR.fullmatch(text):
        raise invalid("Label", "color", "invalid")
    return text.lower()


def _store(call: Call, label: Document) -> Answer:
    call.forge.records.put(Kind.LABEL, call.repository["id"], label["name"], body=label)
    return Answer(payload=_shape(call, label))


def _create(call: Call) -> Answer:
    body, records = call.body(), call.forge.records
    name = body.required("name")
    with records.transaction():
        if records.find(Kind.LABEL, call.repository["id"], name):
            raise invalid("Label", "name", "already_exists")
        color = _color(body.text("color", "ededed"))
        label = {"id": records.next_id(), "name": name, "color": color}
        answer = _store(call, label | {"description": body.text("description") or None})
    return Answer(payload=answer.payload, status=CREATED)


def _update(call: Call) -> Answer:
    body, label, records = call.body(), _label(call), call.forge.records
    name = body.text("new_name", label["name"])
    changed = label | {"name": name, "color": _color(body.text("color", label["color"]))}
    if "description" in body:
        changed["description"] = body.text("description") or None
    with records.transaction():
        if name.lower() != label["name"].lower():
            if records.find(Kind.LABEL, call.repository["id"], name):
                raise invalid("Label", "name", "already_exists")
            records.remove(Kind.LABEL, call.repository["id"], label["name"])
        return _store(call, changed)


def _delete(call: Call) -> Answer:
    call.forge.records.remove(Kind.LABEL, call.repository["id"], _label(call)["name"])
    return NOTHING


def _list(call: Call) -> Answer:
    labels = call.forge.records.every(Kind.LABEL, call.repository["id"])
    return call.page(labels, lambda label: _shape(call, label))


ROUTES = (
    reads(f"{REPOSITORY}/labels", _list),
    writes("POST", f"{REPOSITORY}/labels", _create, Permission.WRITE),
    reads(f"{REPOSITORY}/labels/<name>", lambda call: Answer(payload=_shape(call, _label(call)))),
    writes("PATCH", f"{REPOSITORY}/labels/<name>", _update, Permission.WRITE),
    writes("DELETE", f"{REPOSITORY}/labels/<name>", _delete, Permission.WRITE),
)
