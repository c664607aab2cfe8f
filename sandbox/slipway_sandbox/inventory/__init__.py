"""What exists in a running sandbox, asked from its servers and never from Pulumi's state.

Owned here: which kinds are listed and how a list is written. Not owned: the objects; nothing is changed.
"""
