"""The sandbox's resource provider for pulumi-aws, pulumi-github and pulumi-snowflake.

One server on the raw gRPC protocol answers for every type of the three packages from a compact schema. The
types that the platform uses at run time are materialised: real objects on the sandbox's servers. No SDK is
ever imported here.
"""
