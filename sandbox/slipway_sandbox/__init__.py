"""The embedded cloud: local servers and provider plugins that the real Pulumi engine works against.

A project of its own, with its own lock: the product starts its command and never imports it.
"""
