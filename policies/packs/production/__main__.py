"""The production pack. Building a pack starts a server that never returns: only this file may do it."""

from pathlib import Path

from pulumi_policy import PolicyPack

from policies.enforcement import pack_policies
from policies.read_once import read_once

read_once()
PolicyPack(name="production", policies=pack_policies("production", Path(__file__)))
