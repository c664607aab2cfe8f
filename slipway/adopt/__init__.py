"""Terraform's resources become Pulumi's, layer by layer: what there is, what it would become.

It owns the reading of states, what becomes of each instance, and the proposal of a layer. It does not open
files or servers (ports do), and it changes nothing.
"""
