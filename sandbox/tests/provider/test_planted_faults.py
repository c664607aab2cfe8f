"""The conformance suite is worth something: a fault planted in any operation makes it fail, by that name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from slipway_sandbox.provider import checks, diff, resources, servicer, values
from slipway_sandbox.provider.generic import GenericType
from slipway_sandbox.provider.resources import Reading, Resources
from slipway_sandbox.provider.schema import load
from slipway_sandbox.provider.settle import Settler
from tests.provider.conformance import violations
from tests.provider.engine import engine, offline_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Plant = Callable[[pytest.MonkeyPatch], None]

TOKENS = ("aws:rds/cluster:Cluster", "aws:dms/endpoint:Endpoint", "aws:sns/topic:Topic")
"""Types that between them have secrets, required inputs, nested objects, lists and replacements."""


def _check_ignores_unknown_names(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks._Checker, "_refuse_name", lambda *_: None)


def _check_ignores_missing_inputs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks._Checker, "_require", lambda *_, **__: None)


def _check_takes_any_form(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks._Checker, "_wrong", lambda _self, _path, _expected, value: value)


def _check_drops_secrets(patch: pytest.MonkeyPatch) -> None:
    real = checks.check

    def plainly(*args: Any) -> checks.Checked:
        checked = real(*args)
        return checks.Checked(values.bare(checked.inputs), checked.failures)

    patch.setattr(servicer, "check", plainly)


def _preview_leaks_computed_values(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(resources, "UNKNOWN", "guessed")


def _preview_forgets_inputs(patch: pytest.MonkeyPatch) -> None:
    real = Resources.preview_create
    patch.setattr(
        Resources,
        "preview_create",
        lambda self, token, inputs: real(self, token, dict(list(inputs.items())[1:])),
    )


def _create_drops_an_output(patch: pytest.MonkeyPatch) -> None:
    real = Settler.outputs
    patch.setattr(Settler, "outputs", lambda *args: {k: v for k, v in real(*args).items() if k != "arn"})


def _create_gives_no_id(patch: pytest.MonkeyPatch) -> None:
    real = Resources.create

    def nameless(self: Resources, *args: Any) -> Any:
        state = real(self, *args)
        return type(state)(id="", outputs=state.outputs)

    patch.setattr(Resources, "create", nameless)


def _read_echoes_an_absent_id(patch: pytest.MonkeyPatch) -> None:
    real = Resources.read
    patch.setattr(
        Resources,
        "read",
        lambda self, token, id_, inputs, olds: (
            real(self, token, id_, inputs, olds) or (Reading(id_, olds, inputs) if olds else None)
        ),
    )


def _import_succeeds_for_an_absent_id(patch: pytest.MonkeyPatch) -> None:
    real = Resources.read
    patch.setattr(
        Resources,
        "read",
        lambda self, token, id_, inputs, olds: real(self, token, id_, inputs, olds) or Reading(id_, {}, {}),
    )


def _import_tells_declared_secrets(patch: pytest.MonkeyPatch) -> None:
    real = Resources.read

    def plainly(self: Resources, token: str, id_: str, inputs: Any, olds: Any) -> Reading | None:
        found = real(self, token, id_, inputs, olds)
        imported = found is not None and not (inputs or olds)
        return replace(found, outputs=values.bare(found.outputs)) if found and imported else found

    patch.setattr(Resources, "read", plainly)


def _update_s_preview_shows_the_old_inputs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Resources, "preview_update", lambda _self, _token, olds, _inputs: olds)


def _update_s_preview_tells_declared_secrets(patch: pytest.MonkeyPatch) -> None:
    real = Resources.preview_update
    patch.setattr(Resources, "preview_update", lambda *args: values.bare(real(*args)))


def _an_update_without_a_change_makes_outputs_anew(patch: pytest.MonkeyPatch) -> None:
    real = Resources.update

    def anew(*args: Any) -> Any:
        outputs, (*_, old, _olds, inputs) = real(*args), args
        return {**outputs, "arn": f"{outputs.get('arn')}-anew"} if old == inputs else outputs

    patch.setattr(Resources, "update", anew)


def _update_ignores_the_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(GenericType, "update", lambda *_: None)
    patch.setattr(Settler, "outputs", lambda _self, _inputs, server, _fill: server)


def _diff_sees_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diff, "_differences", lambda *_: iter(()))


def _diff_sees_too_much(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diff, "_equal", lambda *_: False)


def _diff_never_replaces(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diff, "_forces", lambda *_: False)


def _diff_ignores_the_region(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(diff, "_moved", lambda *_: iter(()))
    patch.setattr(diff, "_forces", lambda *_: False)


def _delete_keeps_the_row(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(GenericType, "delete", lambda *_: None)


def _secrets_leak(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(servicer, "encode", lambda properties: values.encode(values.bare(properties)))


def _declared_secrets_leak(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Settler, "marked", lambda _self, outputs: outputs)


def _unknowns_turn_into_text(patch: pytest.MonkeyPatch) -> None:
    real = values._decoded
    patch.setattr(values, "_decoded", lambda value: "unknown" if (v := real(value)) is values.UNKNOWN else v)


PLANTED: dict[Plant, str] = {
    _check_ignores_unknown_names: "check lets an unknown property pass",
    _check_ignores_missing_inputs: "check misses that",
    _check_takes_any_form: "check takes text for",
    _check_drops_secrets: "check changes what the program gave",
    _preview_leaks_computed_values: "preview knows the computed",
    _preview_forgets_inputs: "preview does not echo the inputs",
    _create_drops_an_output: "create leaves out arn",
    _create_gives_no_id: "create gives no id",
    _read_echoes_an_absent_id: "read finds an id that does not exist",
    _import_succeeds_for_an_absent_id: "import succeeds for an id that does not exist",
    _import_tells_declared_secrets: "import gives password in plain, which is declared secret",
    _update_s_preview_shows_the_old_inputs: "update's preview does not show the new",
    _update_s_preview_tells_declared_secrets: "update's preview gives password in plain",
    _an_update_without_a_change_makes_outputs_anew: "an update without a change changes outputs",
    _update_ignores_the_change: "update does not show the new",
    _diff_sees_nothing: "diff does not see the update",
    _diff_sees_too_much: "diff sees a change where there is none",
    _diff_never_replaces: "diff does not replace when",
    _diff_ignores_the_region: "diff does not replace when region changes",
    _delete_keeps_the_row: "delete leaves the resource",
    _secrets_leak: "create shows a secret in plain",
    _declared_secrets_leak: "which is declared secret",
    _unknowns_turn_into_text: "preview does not echo the inputs",
}


def _found(home: Path) -> list[str]:
    schema = load("aws")
    offline_world(home)
    with engine("aws", home) as connected:
        return [text for token in TOKENS for text in violations(connected, schema, token)]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_fault_is_found(plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fault, alone, is reported in the words of the promise that it breaks."""
    plant(monkeypatch)
    found = _found(tmp_path)
    assert any(PLANTED[plant] in text for text in found), found


def test_without_a_fault_nothing_is_found(tmp_path: Path) -> None:
    """What the planted faults are measured against."""
    assert _found(tmp_path) == []
