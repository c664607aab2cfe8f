"""The Airflow of one environment: MWAA on the bucket of DAG files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.airflow import access
from components.base import PlatformComponent
from slipway.model import airflow_capacity as capacity
from slipway.model.airflow_capacity import EnvironmentClass
from slipway.model.naming import Naming
from slipway.model.subjects import AIRFLOW, DAG_PREFIX
from slipway.model.tags import Tags

_REQUIREMENTS: Final = "requirements.txt"
_STARTUP: Final = "startup.sh"
_MODULES: Final[Mapping[str, str]] = {
    "dag_processing_logs": "DAGProcessing",
    "scheduler_logs": "Scheduler",
    "task_logs": "Task",
    "webserver_logs": "WebServer",
    "worker_logs": "Worker",
}
"""The parts of Airflow that log, and how their log groups end."""


@dataclass(frozen=True, kw_only=True)
class ManagedAirflowArgs:
    """What an environment's Airflow is made of.

    Attributes:
        naming: names of the stack.
        region: where it runs.
        version: of Airflow, one that MWAA offers.
        options: Airflow's options, `section.option` to value.
        requirements: Python packages beside Airflow's own; a change of them takes MWAA half an hour.
        startup: text of the script that its machines run before Airflow starts.
        size: the class of the environment.
        min_workers: how many workers wait for tasks.
        max_workers: how many there are at most.
        bucket: the bucket of DAG files, versioned.
        bucket_arn: its ARN.
        key_arn: KMS key of the environment's data.
        boundary_arn: the most that Airflow's role can do.
        spark_application_arns: EMR Serverless applications that its tasks run jobs on.
        spark_cluster_arns: EMR clusters that they run steps on; often none.
        subnet_ids: two private subnets, in two zones.
        group_id: security group that it runs in.
        log_retention_days: how long its logs stay.
        after: what has to be there before MWAA looks: the ways out of its subnets, the bucket's access block.
        protected: whether its deletion, and with it that of the history of all runs, is refused.
    """

    naming: Naming
    region: str
    version: str
    options: Mapping[str, str]
    requirements: Sequence[str]
    startup: str
    size: EnvironmentClass
    min_workers: int
    max_workers: int
    bucket: pulumi.Input[str]
    bucket_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    spark_application_arns: Sequence[pulumi.Input[str]]
    spark_cluster_arns: Sequence[pulumi.Input[str]]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    log_retention_days: int
    protected: bool
    tags: Tags
    after: Sequence[pulumi.Resource] = ()


class ManagedAirflow(PlatformComponent, token="slipway:airflow:ManagedAirflow"):
    """An Airflow whose web server nobody outside of the network reaches."""

    def __init__(
        self, name: str, args: ManagedAirflowArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self._groups = [self._create_log_group(args, module) for module in _MODULES.values()]
        self._role = self._create_role(args)
        self._policy = self._create_policy(args)
        self._requirements = self._create_requirements(args)
        self._startup = self._create_startup(args)
        environment = self._create_environment(args)
        self.publish(environment=environment.name, size=args.size.value)

    def _create_log_group(self, args: ManagedAirflowArgs, module: str) -> aws.cloudwatch.LogGroup:
        """Create a group before MWAA does, which would keep its logs for ever."""
        return aws.cloudwatch.LogGroup(
            f"{self.name}-{module.lower()}",
            name=args.naming.airflow_log_group(module),
            retention_in_days=args.log_retention_days,
            kms_key_id=args.key_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_role(self, args: ManagedAirflowArgs) -> aws.iam.Role:
        return aws.iam.Role(
            self.name,
            name=args.naming.role(AIRFLOW),
            description="Runs Airflow, and becomes the pipeline whose task it runs",
            assume_role_policy=access.trust_policy(args.naming),
            permissions_boundary=args.boundary_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_policy(self, args: ManagedAirflowArgs) -> aws.iam.RolePolicy:
        arns = pulumi.Output.all(
            bucket_arn=args.bucket_arn,
            key_arn=args.key_arn,
            spark_application_arns=pulumi.Output.all(*args.spark_application_arns),
            spark_cluster_arns=pulumi.Output.all(*args.spark_cluster_arns),
        )
        policy = arns.apply(
            lambda known: access.execution_policy(
                args.naming, access.AirflowReach(region=args.region, **known)
            )
        )
        return aws.iam.RolePolicy(self.name, role=self._role.name, policy=policy, opts=self.child())

    def _create_requirements(self, args: ManagedAirflowArgs) -> aws.s3.BucketObjectv2:
        packages = "".join(f"{package}\n" for package in args.requirements)
        return self._create_file(args, "requirements", key=_REQUIREMENTS, content=packages)

    def _create_startup(self, args: ManagedAirflowArgs) -> aws.s3.BucketObjectv2:
        return self._create_file(args, "startup", key=_STARTUP, content=args.startup)

    def _create_file(
        self, args: ManagedAirflowArgs, called: str, *, key: str, content: str
    ) -> aws.s3.BucketObjectv2:
        return aws.s3.BucketObjectv2(
            f"{self.name}-{called}",
            bucket=args.bucket,
            key=key,
            content=content,
            content_type="text/plain",
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_environment(self, args: ManagedAirflowArgs) -> aws.mwaa.Environment:
        fewest, most = capacity.workers(args.size, args.min_workers, args.max_workers)
        return aws.mwaa.Environment(
            self.name,
            name=args.naming.airflow_environment,
            airflow_version=args.version,
            airflow_configuration_options=dict(args.options),
            environment_class=args.size.value,
            min_workers=fewest,
            max_workers=most,
            schedulers=capacity.schedulers(args.size),
            source_bucket_arn=args.bucket_arn,
            dag_s3_path=DAG_PREFIX,
            requirements_s3_path=_REQUIREMENTS,
            # By version, or MWAA would install whatever is there when it next replaces a worker.
            requirements_s3_object_version=self._requirements.version_id,
            startup_script_s3_path=_STARTUP,
            startup_script_s3_object_version=self._startup.version_id,
            execution_role_arn=self._role.arn,
            kms_key=args.key_arn,
            network_configuration={
                "subnet_ids": list(args.subnet_ids),
                "security_group_ids": [args.group_id],
            },
            webserver_access_mode="PRIVATE_ONLY",
            worker_replacement_strategy="GRACEFUL",  # a change waits for tasks that run
            logging_configuration={each: {"enabled": True, "log_level": "INFO"} for each in _MODULES},
            tags=self.tags.as_aws(),
            opts=self.child(protect=args.protected or None, after=[*self._groups, self._policy, *args.after]),
        )
