"""Composition root of the Pulumi program: settings in, resources declared."""

from stacks import deploy, settings

deploy(settings.load())
