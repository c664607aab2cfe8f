"""A component for each file of a workspace's catalog: what the engine is asked to run, without any provider."""

from pathlib import Path

import pulumi

workspace = Path(pulumi.Config("slipway").require("workspace"))
if (workspace / "broken").exists():
    raise pulumi.RunError((workspace / "broken").read_text() or "the workspace is broken")
for path in sorted((workspace / "catalog").iterdir()):
    pulumi.ComponentResource("test:folders:Entry", path.stem)
