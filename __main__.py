"""Composition root of the Pulumi program: settings in, resources declared."""

from pathlib import Path

from stacks import deploy, settings
from stacks.adopted import deploy_adopted

found = settings.load()
deploy(found)
deploy_adopted(found.stack, Path.cwd())
