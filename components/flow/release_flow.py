"""What carries releases in one stack: its builds, and the events that start them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import PlatformComponent
from components.builds.project import BuildProject, BuildProjectArgs
from components.flow.build_alarms import BuildAlarms, BuildAlarmsArgs, WatchedBuild
from components.flow.routes import EventRoutes, EventRoutesArgs, Route
from slipway.model.naming import Naming
from slipway.model.subjects import EVENTS
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class ReleaseFlowArgs:
    """Which builds there are, and what starts them.

    Attributes:
        naming: names of the stack.
        builds: one project each.
        routes: events to builds and to other accounts.
        boundary_arn: the most that the role of the events can do.
        watched: builds whose failure nobody would see.
        alert_topic_arn: is told of those, and of events that reached nobody.
    """

    naming: Naming
    builds: Sequence[BuildProjectArgs]
    routes: Sequence[Route]
    watched: Sequence[WatchedBuild]
    boundary_arn: pulumi.Input[str]
    alert_topic_arn: pulumi.Input[str]
    tags: Tags


class ReleaseFlow(PlatformComponent, token="slipway:flow:ReleaseFlow"):
    """Projects by duty, and routes; which there are is the stack's to say."""

    def __init__(self, name: str, args: ReleaseFlowArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.projects = {
            build.duty: BuildProject(f"{self.name}-{build.duty}", build, self.child())
            for build in args.builds
        }
        self.routes = self._create_routes(args)
        self._create_alarms(args)
        self.publish(projects={duty: project.arn for duty, project in self.projects.items()})

    def _create_alarms(self, args: ReleaseFlowArgs) -> None:
        alarms = BuildAlarmsArgs(
            naming=args.naming, builds=args.watched, topic_arn=args.alert_topic_arn, tags=self.tags
        )
        BuildAlarms(f"{self.name}-builds", alarms, self.child())

    def _create_routes(self, args: ReleaseFlowArgs) -> EventRoutes:
        routes = EventRoutesArgs(
            naming=args.naming,
            boundary_arn=args.boundary_arn,
            alert_topic_arn=args.alert_topic_arn,
            routes=args.routes,
            tags=self.tags,
        )
        return EventRoutes(f"{self.name}-{EVENTS}", routes, self.child())
