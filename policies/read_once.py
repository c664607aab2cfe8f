"""Has the policy SDK read a resource once a request: by itself it reads it anew for each policy of a pack.

Four fifths of what the production pack took were these readings, each with the same result
(`python -m bench --only policies`). What the SDK asks, and what it is answered, is as it was.
"""

import threading
from collections import deque
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final

_SDK: Final[Any] = import_module("pulumi_policy.policy")
_KEPT: Final = 2
"""Answers that are kept: of a resource's own properties and of its provider's."""


def read_once() -> None:
    """Change the SDK of this process; a second call changes nothing."""
    if isinstance(_SDK.json_format, SimpleNamespace):
        return
    reads = {**vars(_SDK.json_format), "MessageToDict": _kept(_SDK.json_format.MessageToDict)}
    _SDK.json_format = SimpleNamespace(**reads)
    _SDK.deserialize_properties = _kept(_SDK.deserialize_properties)
    _SDK.unknown_checking_proxy = _kept(_SDK.unknown_checking_proxy)


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """Answer for the very objects of the last questions as before; nobody changes what is answered."""
    last = threading.local()  # a request is answered by one thread

    def answer(asked: Any, *more: Any) -> Any:
        if more:
            return function(asked, *more)
        if not hasattr(last, "answers"):
            last.answers = deque[tuple[Any, Any]](maxlen=_KEPT)
        for object_, answered in last.answers:
            if object_ is asked:
                return answered
        answered = function(asked)
        last.answers.append((asked, answered))
        return answered

    return answer
