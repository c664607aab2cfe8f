"""Runs builds on the stage, each as the role of its duty.

Roles exist with the trust that the stacks declare for what becomes them; CodeBuild itself, which nobody can
be here, is the engineer.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from components import iam
from slipway.cli.estate import StackPlace
from slipway.model.environment import Environment, StackName
from slipway.model.flow_naming import role_for
from slipway.model.subjects import AUDIT, BUILD, DEPLOY, ROLLBACK, SIGN, TICK
from tests.cli.conftest import Ended
from tests.integration.build_phase import row_of, run_build_phase
from tests.integration.release.stage import ROOT, Stage

_ROLES: Final = {ROLLBACK: DEPLOY, TICK: DEPLOY}


@dataclass(frozen=True, kw_only=True)
class BuildMachine:
    """Where builds run.

    Attributes:
        stage: what they work on.
        platform: the platform's checkout, as CodeBuild would lay it out.
    """

    stage: Stage
    platform: Path

    @classmethod
    def made(cls, stage: Stage) -> "BuildMachine":
        """Make the roles of builds, and put the checkout's tools beside the stack files."""
        platform = stage.estate.platform
        (platform / ".venv").symlink_to(ROOT / ".venv")
        shared, engineer = stage.estate.shared, _engineer(stage)
        for duty in (AUDIT, BUILD, SIGN):
            _make_role(stage, shared, duty, engineer)
        dev = stage.estate.environment(Environment.DEV)
        _make_role(stage, dev, DEPLOY, engineer)
        trusted = iam.document([iam.trust_role(dev.naming.role_arn(DEPLOY))])
        _make_role(stage, shared, role_for(DEPLOY, StackName.DEV), trusted)
        return cls(stage=stage, platform=platform)

    def run(self, stack: StackName, duty: str, **given: str) -> Ended:
        """Run the build phase of a project.

        Args:
            stack: whose.
            duty: which.
            given: what whoever starts it sets.
        """
        on_workspace = row_of(stack, duty).on_workspace
        forge = self.stage.repository.forge
        return run_build_phase(
            stack,
            duty,
            folder=self.stage.workspace if on_workspace else self.platform,
            held={"GITHUB_TOKEN": forge.token, "SNOWFLAKE_PRIVATE_KEY": "no key: nobody logs in"},
            environment={
                **self.stage.front.environment,
                **self._credentials(stack, _ROLES.get(duty, duty)),
                "HOME": str(self.platform),
                "GITHUB_BASE_URL": f"{forge.url}/",
                "CODEBUILD_SRC_DIR_platform": str(self.platform),
            },
            given=given,
        )

    def _credentials(self, stack: StackName, duty: str) -> dict[str, str]:
        role = self.stage.estate.stacks[stack].naming.role_arn(duty)
        key = self.stage.aws("sts").assume_role(RoleArn=role, RoleSessionName="AWSCodeBuild-1")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_SESSION_TOKEN": key["SessionToken"],
        }


def _engineer(stage: Stage) -> str:
    """Trust in the engineer, who stands for CodeBuild."""
    arn = stage.aws("sts").get_caller_identity()["Arn"]
    statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _make_role(stage: Stage, place: StackPlace, subject: str, trusted: str) -> None:
    stage.there(place, "iam").create_role(
        RoleName=place.naming.role(subject), AssumeRolePolicyDocument=trusted
    )
