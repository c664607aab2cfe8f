"""A component for each file of a workspace's catalog, named after its content: a changed entry is seen in the state."""

import hashlib
from pathlib import Path

import pulumi

workspace = Path(pulumi.Config("slipway").require("workspace"))
for path in sorted((workspace / "catalog").iterdir()):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    pulumi.ComponentResource("test:entries:Entry", f"{path.stem}-{digest}")
