"""What an AWS account needs before Pulumi can work in it, made by CloudFormation, stage by stage.

Not to be confused with `slipway release bootstrap`, which writes down what runs in an environment that is up.
"""
