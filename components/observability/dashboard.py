"""Writes widgets in CloudWatch's own words: one below the other, over the whole width. Pure.

Source: CloudWatch user guide, "Dashboard body structure and syntax".
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, assert_never

from components.observability.widgets import AlarmStates, Graph, Note, Widget
from slipway.model.signals import REPORTED_EVERY, STATISTIC, Series

_WIDTH: Final = 24
_HEIGHT: Final = 6
_NOTE_HEIGHT: Final = 2


@dataclass(frozen=True, kw_only=True)
class DashboardPlace:
    """Where metrics and alarms are.

    Attributes:
        region: AWS region.
        account_id: AWS account.
    """

    region: str
    account_id: str

    def alarm_arn(self, name: str) -> str:
        """Return the ARN that an alarm has or will have."""
        return f"arn:aws:cloudwatch:{self.region}:{self.account_id}:alarm:{name}"


def dashboard_body(widgets: Iterable[Widget], place: DashboardPlace) -> str:
    """Return a dashboard's body; the same widgets give the same text."""
    placed: list[dict[str, Any]] = []
    top = 0
    for widget in widgets:
        written = _written(widget, place)
        placed.append({"x": 0, "y": top, "width": _WIDTH, **written})
        top += int(written["height"])
    return json.dumps({"widgets": placed})


def _written(widget: Widget, place: DashboardPlace) -> dict[str, Any]:
    match widget:
        case Graph(title=title, series=series):
            properties = {
                "title": title,
                "region": place.region,
                "view": "timeSeries",
                "stat": STATISTIC,
                "period": int(REPORTED_EVERY.total_seconds()),
                "metrics": [_line(each) for each in series],
            }
            return {"type": "metric", "height": _HEIGHT, "properties": properties}
        case AlarmStates(title=title, alarms=names):
            tiles = {"title": title, "alarms": [place.alarm_arn(name) for name in names]}
            return {"type": "alarm", "height": _HEIGHT, "properties": tiles}
        case Note(text=text):
            return {"type": "text", "height": _NOTE_HEIGHT, "properties": {"markdown": text}}
        case _:
            assert_never(widget)


def _line(series: Series) -> list[Any]:
    label = {"label": f"{series.subject} {series.metric.value}"}
    return [series.namespace, series.metric.value, series.dimension, series.subject, label]
