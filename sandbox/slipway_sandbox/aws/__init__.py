"""The AWS front: one URL in which every account of the world answers.

Owned here: who is calling (credential -> account), what moto lacks or does wrong, DynamoDB over AWS's own
local engine, and errors in the shape an AWS client understands. Not owned: the services themselves (moto,
DynamoDB Local), and permissions: policies are stored and returned, never evaluated, except the trust policy
of a role that is assumed.
"""
