"""CloudFormation's stacks of all accounts, over moto's resources.

moto's own forgets outputs, policies, updates and failures of stacks that change sets make, and knows neither
bucket policies nor OpenID Connect providers. Owned here: change sets, stacks, their events and protections,
as the API reference describes them, for the types of `resources.TYPES`. Every other operation and type is
refused by name. What takes CloudFormation minutes is done at once.
"""

from slipway_sandbox.aws.cloudformation.service import SIGNING_NAME, CloudFormation

__all__ = ["SIGNING_NAME", "CloudFormation"]
