"""How a report about an environment is written."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, assert_never

from slipway.cli.console import Format
from slipway.model.counted import counted
from slipway.model.signals import Series
from slipway.observe.measured import Unmeasured
from slipway.observe.report import Report
from slipway.ports.metrics import Reading


def render_report(report: Report, style: Format) -> str:
    """Write a report: each series with its newest value and, of a count, those of the slots before."""
    match style:
        case Format.JSON:
            return json.dumps(_as_data(report), indent=2)
        case Format.MARKDOWN:
            rows = [f"| {each.subject} | {each.metric} | {value} |" for each, value in _values(report)]
            return "\n".join(
                [f"**{_title(report)}**", "", "| about | metric | value |", "|---|---|---|", *rows]
            )
        case Format.TEXT:
            values = list(_values(report))
            width = max((len(each.subject) for each, _ in values), default=0)
            rows = [f"  {each.subject:<{width}}  {each.metric:<22}  {value}" for each, value in values]
            return "\n".join([_title(report), *rows])
        case _:
            assert_never(style)


def reasons(unmeasured: Sequence[Unmeasured]) -> Iterator[str]:
    """Yield a line for each reason why something was not measured, with all that it concerns."""
    subjects: dict[tuple[str, str, str], list[str]] = {}
    for each in unmeasured:
        key = (each.series.metric.value, each.reason.message, each.reason.remedy)
        subjects.setdefault(key, []).append(each.series.subject)
    for (metric, message, remedy), named in subjects.items():
        yield f"{metric} of {', '.join(named)} is not measured: {message}; {remedy}"


def _title(report: Report) -> str:
    told, missing = len(_by_series(report)), len(report.measured.unmeasured)
    left_out = f", {missing} left out" if missing else ""
    return f"{report.environment} at {report.at:%Y-%m-%d %H:%M:%S} UTC: {counted(told, 'metric')}{left_out}"


def _by_series(report: Report) -> dict[Series, list[Reading]]:
    found: dict[Series, list[Reading]] = {}
    for reading in report.measured.readings:
        found.setdefault(reading.series, []).append(reading)
    return found


def _values(report: Report) -> Iterator[tuple[Series, str]]:
    for series, readings in _by_series(report).items():
        yield series, ", ".join(_number(each.value) for each in readings)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _as_data(report: Report) -> dict[str, Any]:
    return {
        "environment": report.environment.value,
        "at": report.at.isoformat(),
        "readings": [
            {**_named(each.series), "value": each.value, "unit": each.unit.value, "at": each.at.isoformat()}
            for each in report.measured.readings
        ],
        "unmeasured": list(_left_out(report.measured.unmeasured)),
    }


def _left_out(unmeasured: Iterable[Unmeasured]) -> Iterator[dict[str, Any]]:
    for each in unmeasured:
        yield {**_named(each.series), "reason": each.reason.message, "remedy": each.reason.remedy}


def _named(series: Series) -> dict[str, Any]:
    return {
        "namespace": series.namespace,
        "metric": series.metric.value,
        "dimensions": {series.dimension: series.subject},
    }
