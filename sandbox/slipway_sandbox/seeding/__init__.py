"""Objects that a Terraform state remembers, made on the sandbox's servers, else recorded.

`slipway sandbox seed` reads states and says, by Pulumi's names, what there is; here it comes to exist. Not
owned: what a Terraform type is called in Pulumi.
"""
