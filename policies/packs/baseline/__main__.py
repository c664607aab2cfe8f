"""The baseline pack. Building a pack starts a server that never returns: only this file may do it."""

from pulumi_policy import EnforcementLevel, PolicyPack

from policies.catalogue import RULES
from policies.enforcement import policies

PolicyPack(name="baseline", policies=policies(RULES, EnforcementLevel.MANDATORY))
