"""Airflow and serverless Spark: private, logged, encrypted, pinned, and stopped when nobody needs them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from policies.rules.place import Amount
from policies.rules.rule import NoLimits, Resource, Rule
from policies.rules.values import block, number, said
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_AIRFLOW: Final = "aws:mwaa/environment:Environment"
_APPLICATION: Final = "aws:emrserverless/application:Application"
_CLUSTER: Final = "aws:emr/cluster:Cluster"

# What MWAA does where nothing is said: its API reference, CreateEnvironment.
_PRIVATE: Final = "PRIVATE_ONLY"
_LOGS: Final[Mapping[str, bool]] = {
    "dagProcessingLogs": False,
    "schedulerLogs": False,
    "taskLogs": True,
    "webserverLogs": False,
    "workerLogs": False,
}
_OBJECTS: Final = ("requirementsS3", "pluginsS3", "startupScriptS3")
"""What MWAA installs from the bucket: each has a path and a version of the object there."""

_RELEASE: Final = re.compile(r"emr-\d+\.\d+\.\d+")
_IDLE_MINUTES: Final = 15
"""After which EMR Serverless stops an application where nothing is said."""


class AirflowVersions(Frozen):
    """What may run.

    Attributes:
        versions: of Airflow 2 that MWAA offers: its user guide, "Apache Airflow versions".
    """

    versions: tuple[str, ...] = ("2.7.2", "2.8.1", "2.9.2", "2.10.1", "2.10.3", "2.11.0")


class ApplicationIdle(Frozen):
    """How long an application waits for the next job.

    Attributes:
        minutes: at most.
    """

    minutes: Amount = 15


def _public(resource: Resource, _: NoLimits) -> Iterator[str]:
    mode = resource.properties.get("webserverAccessMode") or _PRIVATE
    if mode != _PRIVATE:
        yield f"{resource.told} has its web server open as {mode}; it has to be {_PRIVATE}"


def _unlogged(resource: Resource, _: NoLimits) -> Iterator[str]:
    logging = block(resource.properties, "loggingConfiguration")
    off = [name for name, default in _LOGS.items() if not block(logging, name).get("enabled", default)]
    if off:
        yield f"{resource.told} does not log {', '.join(off)}; every part of Airflow has to"


def _unpinned(resource: Resource, limits: AirflowVersions) -> Iterator[str]:
    version = resource.properties.get("airflowVersion")
    if version not in limits.versions:
        yield (
            f"{resource.told} runs Airflow {version or 'of whatever version is the newest'}; "
            f"it has to be one of {', '.join(limits.versions)}"
        )


def _keyless(resource: Resource, _: NoLimits) -> Iterator[str]:
    if not resource.properties.get("kmsKey"):
        yield f"{resource.told} is encrypted with AWS's own key; it has to be the environment's (kmsKey)"


def _unversioned(resource: Resource, _: NoLimits) -> Iterator[str]:
    for each in _OBJECTS:
        path = resource.properties.get(f"{each}Path")
        if path and not resource.properties.get(f"{each}ObjectVersion"):
            yield f"{resource.told} installs any version of {path}; {each}ObjectVersion has to pin one"


def _floating(resource: Resource, _: NoLimits) -> Iterator[str]:
    label = str(resource.properties.get("releaseLabel"))
    if _RELEASE.fullmatch(label) is None:
        yield f"{resource.told} runs the release {label}; it has to be a whole one, such as emr-7.8.0"


def _boundless(resource: Resource, _: NoLimits) -> Iterator[str]:
    capacity = block(resource.properties, "maximumCapacity")
    missing = [each for each in ("cpu", "memory") if not capacity.get(each)]
    if missing:
        yield f"{resource.told} has no maximum {' and no maximum '.join(missing)}; it has to have one"


def _idle(resource: Resource, limits: ApplicationIdle) -> Iterator[str]:
    stop = block(resource.properties, "autoStopConfiguration")
    minutes = number(stop.get("idleTimeoutMinutes"), _IDLE_MINUTES)
    if not stop.get("enabled", True):
        yield f"{resource.told} never stops by itself; it has to, after {limits.minutes} idle minutes at most"
    elif minutes > limits.minutes:
        yield f"{resource.told} stops after {said(minutes)} idle minutes; it has {limits.minutes} at most"


def _outside(resource: Resource, _: NoLimits) -> Iterator[str]:
    network = block(resource.properties, "networkConfiguration")
    missing = [each for each in ("subnetIds", "securityGroupIds") if not network.get(each)]
    if missing:
        yield f"{resource.told} runs outside of the network: it has no {' and no '.join(missing)}"


_AIRFLOWS: Final = frozenset({_AIRFLOW})
_APPLICATIONS: Final = frozenset({_APPLICATION})

AIRFLOW_WEB_SERVER: Final = Rule(
    id="airflow-web-server",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 1.4", "SOX ITGC"),
    rationale="Whoever reaches the web server is one password away from every pipeline.",
    remedy="Set webserverAccessMode to PRIVATE_ONLY.",
    limits=NoLimits,
    judges=_AIRFLOWS,
    violations=_public,
)
AIRFLOW_LOGS: Final = Rule(
    id="airflow-logs",
    severity=Severity.MEDIUM,
    frameworks=("PCI DSS 10.2", "SOX ITGC"),
    rationale="What ran, and who had it run, is known from Airflow's logs and from nowhere else.",
    remedy="Enable each block of loggingConfiguration.",
    limits=NoLimits,
    judges=_AIRFLOWS,
    violations=_unlogged,
)
AIRFLOW_VERSION: Final = Rule(
    id="airflow-version",
    severity=Severity.MEDIUM,
    frameworks=("SOX ITGC",),
    rationale="DAG files are tested in one version; another one is an untested release of all of them.",
    remedy="Set airflowVersion to that of toolchain/envs/airflow.",
    limits=AirflowVersions,
    judges=_AIRFLOWS,
    violations=_unpinned,
)
AIRFLOW_KEY: Final = Rule(
    id="airflow-key",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 3.5", "SOX ITGC"),
    rationale="Only the use of a key of our own can be withdrawn, and is told by our trail.",
    remedy="Set kmsKey to the key of the environment's data.",
    limits=NoLimits,
    judges=_AIRFLOWS,
    violations=_keyless,
)
AIRFLOW_OBJECTS: Final = Rule(
    id="airflow-objects",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="Without a version MWAA installs what is there when it next replaces a worker.",
    remedy="Set the object version beside each path of requirements, plugins and start-up script.",
    limits=NoLimits,
    judges=_AIRFLOWS,
    violations=_unversioned,
)
SPARK_RELEASE: Final = Rule(
    id="spark-release",
    severity=Severity.MEDIUM,
    frameworks=("SOX ITGC",),
    rationale="Jobs are tested with the Spark of one release of EMR.",
    remedy="Set releaseLabel to the release of components/spark/runtime.py.",
    limits=NoLimits,
    judges=_APPLICATIONS | {_CLUSTER},
    violations=_floating,
)
SPARK_CAPACITY: Final = Rule(
    id="spark-capacity",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="A job that multiplies its workers is stopped by the application's limit and by nothing else.",
    remedy="Set cpu and memory of maximumCapacity.",
    limits=NoLimits,
    judges=_APPLICATIONS,
    violations=_boundless,
)
SPARK_AUTO_STOP: Final = Rule(
    id="spark-auto-stop",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="An idle application with workers is paid like one that works.",
    remedy="Enable autoStopConfiguration, with an idle time within the limit.",
    limits=ApplicationIdle,
    judges=_APPLICATIONS,
    violations=_idle,
)
SPARK_NETWORK: Final = Rule(
    id="spark-network",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 1.3", "SOX ITGC"),
    rationale="A job outside of the network reaches the internet, and no flow log has seen it.",
    remedy="Give networkConfiguration the private subnets and the security group of the stack's network.",
    limits=NoLimits,
    judges=_APPLICATIONS,
    violations=_outside,
)
