"""What a supervisor is to start, as the command that starts it says."""

import json
from dataclasses import dataclass
from pathlib import Path

from slipway_sandbox.supervisor.events import Step
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.servers import Server, Site


@dataclass(frozen=True, kw_only=True)
class Order:
    """One start.

    Attributes:
        project: the Pulumi project, absolute.
        stacks: the stacks to make.
        site: servers, ports, folders.
        failpoint: the step to stop before, if any.
    """

    project: Path
    stacks: tuple[str, ...]
    site: Site
    failpoint: Step | None

    def to_text(self) -> str:
        """One argument of a command line."""
        return json.dumps(
            {
                "project": str(self.project),
                "stacks": self.stacks,
                "home": str(self.site.home.path),
                "libraries": str(self.site.libraries),
                "ports": {str(server): port for server, port in self.site.ports.items()},
                "failpoint": self.failpoint,
            }
        )

    @staticmethod
    def parse(text: str) -> "Order":
        """Read what ``to_text`` wrote."""
        document = json.loads(text)
        site = Site(
            home=Home(Path(document["home"])),
            libraries=Path(document["libraries"]),
            ports={Server(name): port for name, port in document["ports"].items()},
        )
        return Order(
            project=Path(document["project"]),
            stacks=tuple(document["stacks"]),
            site=site,
            failpoint=Step(document["failpoint"]) if document["failpoint"] else None,
        )
