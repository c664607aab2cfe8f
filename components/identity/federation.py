"""GitHub as an issuer of identities: workflows come in without a stored credential."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags

ISSUER: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
"""Whom a token has to be meant for; the action `configure-aws-credentials` asks for it."""


@dataclass(frozen=True, kw_only=True)
class GithubFederationArgs:
    """Nothing but tags: the issuer is GitHub's, and an account has it once."""

    tags: Tags


class GithubFederation(PlatformComponent, token="slipway:identity:GithubFederation"):
    """GitHub's OpenID Connect provider in an account; roles say by their trust which workflow may be what."""

    def __init__(
        self, name: str, args: GithubFederationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.provider = aws.iam.OpenIdConnectProvider(
            self.name,
            url=f"https://{ISSUER}",
            client_id_lists=[AUDIENCE],
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        self.arn: pulumi.Output[str] = self.provider.arn
        self.publish(arn=self.arn)
