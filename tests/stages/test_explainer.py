"""Explaining walks the executor's list and touches nothing."""

from slipway.model.effects import Effect, Operation, Reversibility
from slipway.stages import explain
from tests.stages.lamps import Judge, Room, Switch, handlers


def _switch(name: str, reversibility: Reversibility) -> Switch:
    effect = Effect(target=name, operation=Operation.PUBLISH, reversibility=reversibility)
    return Switch(target=name, effects=(effect,), reversibility=reversibility)


def test_each_stage_has_a_sentence_and_the_effects_are_sorted() -> None:
    """What people approve does not depend on the order of the stages."""
    room = Room()
    stages = (
        _switch("hall", Reversibility.REDEPLOY),
        _switch("desk", Reversibility.POINTER),
        Judge(target="x"),
    )
    explained = explain(stages, handlers(room))
    assert [line.sentence for line in explained.stages] == [
        "switch hall to white",
        "switch desk to white",
        "judge x",
    ]
    assert [effect.target for effect in explained.effects.effects] == ["desk", "hall"]
    assert explained.worst is Reversibility.REDEPLOY
    assert [stage.target for stage in explained.back] == ["x", "desk", "hall"]
    assert explained.back_kinds == ("judge", "switch")
    assert room.lamps == {}
