"""How an account is watched: where alarms go, what its budget is, what an environment's dashboard shows."""

from components.alerting import AlertTopic, AlertTopicArgs
from components.encryption_key import EncryptionKey
from components.flow.build_alarms import flow_alarms
from components.observability.component import ReleaseObservability, ReleaseObservabilityArgs
from components.spend_guard import SpendGuard, SpendGuardArgs
from slipway.model.workspace import Workspace
from stacks.build_rows import environment_rows, watched_builds
from stacks.settings import EnvironmentSettings, Settings

_ALERTS = "alerts"


def deploy_alerts(settings: Settings, key: EncryptionKey) -> AlertTopic:
    """Declare the topic of the account's alarms, and the budget that tells it."""
    topic = AlertTopic(
        _ALERTS,
        AlertTopicArgs(
            topic=settings.naming.topic(_ALERTS),
            account_id=settings.account_id,
            key_arn=key.arn,
            tags=settings.platform_tags,
        ),
    )
    guard = SpendGuardArgs(
        budget=settings.naming.budget,
        monthly_usd=settings.monthly_budget,
        topic_arn=topic.arn,
        tags=settings.platform_tags,
    )
    SpendGuard("spend", guard)
    return topic


def deploy_observability(settings: EnvironmentSettings, workspace: Workspace, alerts: AlertTopic) -> None:
    """Declare the dashboard of an environment, and the alarms about the platform in it."""
    args = ReleaseObservabilityArgs(
        environment=settings.environment,
        naming=settings.naming,
        region=settings.region,
        pipelines=workspace.pipelines,
        flow_alarms=flow_alarms(settings.naming, watched_builds(environment_rows(settings))),
        alert_topic_arns=[alerts.arn],
        tags=settings.platform_tags,
    )
    ReleaseObservability("observability", args)
