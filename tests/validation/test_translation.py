"""A resource is written for Terraform as its provider would read it; what cannot be written is told."""

from typing import Any

import pytest

from tests.validation.resources import Resource
from tests.validation.translation import (
    Difference,
    TranslationError,
    Written,
    literal,
    terraform_type,
    translate,
)

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCHEMAS = {
    "aws_cloudwatch_metric_alarm": {
        "block": {
            "attributes": {
                "alarm_name": {"type": "string"},
                "alarm_actions": {"type": ["set", "string"]},
                "dimensions": {"type": ["map", "string"]},
                "threshold": {"type": "number"},
                "series": {"type": ["list", ["object", {"series_name": "string", "unit": "string"}]]},
                "settings": {
                    "nested_type": {
                        "nesting_mode": "single",
                        "attributes": {"dry_run": {"type": "bool"}},
                    }
                },
            },
            "block_types": {
                "metric_query": {
                    "nesting_mode": "set",
                    "block": {
                        "attributes": {"id": {"type": "string"}},
                        "block_types": {
                            "metric": {
                                "nesting_mode": "list",
                                "max_items": 1,
                                "block": {"attributes": {"metric_name": {"type": "string"}}},
                            }
                        },
                    },
                }
            },
        }
    }
}


def alarm(**inputs: Any) -> Resource:
    """An alarm that is given this."""
    return Resource(stack="dev", token=ALARM, name="late", inputs=inputs)


def written(resource: Resource, *differences: Difference) -> Written:
    """The resource, which can be written."""
    found = translate(resource, SCHEMAS, differences)
    assert isinstance(found, Written)
    return found


@pytest.mark.parametrize(
    ("token", "type_"),
    [
        ("aws:ec2/vpc:Vpc", "aws_vpc"),
        ("aws:s3/bucketObjectv2:BucketObjectv2", "aws_s3_object"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "aws_vpc_security_group_egress_rule"),
    ],
)
def test_types_come_from_the_table(token: str, type_: str) -> None:
    """No rule gives them: modules of Pulumi are no prefixes of Terraform."""
    assert terraform_type(token) == type_


def test_an_unknown_type_is_told() -> None:
    """A resource that is silently left out would count as valid."""
    with pytest.raises(TranslationError, match="aws:no/such:Type"):
        terraform_type("aws:no/such:Type")


def test_names_are_terraforms_own() -> None:
    """Renamed by the table, else camelCase for snake_case, and a plural for a list."""
    found = written(
        alarm(
            name="late",
            alarmActions=["arn"],
            threshold=1,
            metricQueries=[{"id": "m", "metric": {"metricName": "x"}}],
        )
    )
    assert found.type == "aws_cloudwatch_metric_alarm"
    assert found.arguments == {
        "alarm_name": "late",
        "alarm_actions": ["arn"],
        "threshold": 1,
        "metric_query": [{"id": "m", "metric": [{"metric_name": "x"}]}],
    }


def test_keys_of_a_map_stay_and_objects_are_whole() -> None:
    """A dimension is no argument; a list of objects wants every field."""
    found = written(alarm(dimensions={"ClusterName": "a"}, series=[{"seriesName": "b"}]))
    assert found.arguments == {
        "dimensions": {"ClusterName": "a"},
        "series": [{"series_name": "b", "unit": None}],
    }


def test_nested_attributes_are_written_as_one_object() -> None:
    """The provider's newer types nest attributes where older ones have blocks."""
    assert written(alarm(settings={"dryRun": True})).arguments == {"settings": {"dry_run": True}}


def test_a_variable_of_a_policy_is_no_template() -> None:
    """Terraform would look for a resource called aws."""
    assert literal('{"Resource": "a/${aws:username}/%{x}"}') == '{"Resource": "a/$${aws:username}/%%{x}"}'


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"colour": "red"}, "colour"),
        ({"metricQueries": [{"metric": {"colour": "red"}}]}, r"metric_query\.metric\.colour"),
    ],
)
def test_an_argument_that_the_provider_does_not_know_is_told(inputs: dict[str, Any], place: str) -> None:
    """With the resource and the way to it; dropped, it would never be validated."""
    with pytest.raises(TranslationError, match=f"late: aws_cloudwatch_metric_alarm has no argument {place} "):
        translate(alarm(**inputs), SCHEMAS, ())


def test_a_known_difference_is_left_out_and_told() -> None:
    """With its reason; the rest of the resource is still validated."""
    known = Difference(type="aws_cloudwatch_metric_alarm", argument="colour", reason="it is new")
    found = written(alarm(name="late", colour="red"), known)
    assert found.arguments == {"alarm_name": "late"}
    assert found.left_out == (known,)


def test_a_type_that_is_new_is_left_out_as_a_whole() -> None:
    """Told in the same way."""
    known = Difference(type="aws_cloudwatch_metric_alarm", argument="", reason="it is new")
    assert translate(alarm(name="late"), {}, (known,)) == known
