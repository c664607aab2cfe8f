"""How DynamoDB Local is started."""

import shutil
from pathlib import Path

from slipway_sandbox.supervisor.faults import DependencyError

LIBRARIES = Path(".slipway/java/dynamodb/libs")
"""Where ``make setup`` puts the engine's jars, relative to the project."""

_MAIN_CLASS = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
_ENGINE_JAR = "DynamoDBLocal-*.jar"


def java_command(project: Path, home: Path, port: int) -> list[str]:
    """The command that runs the engine on a port, its databases in the sandbox's folder.

    Raises:
        DependencyError: the jars or a Java runtime are missing.
    """
    libraries = project / LIBRARIES
    if not any(libraries.glob(_ENGINE_JAR)):
        raise DependencyError(f"DynamoDB Local is missing: no jars in {libraries}", remedy="run `make setup`")
    java = shutil.which("java")
    if java is None:
        raise DependencyError(
            "no Java runtime: `java` is not on the PATH", remedy="install a JDK, version 17 or newer"
        )
    databases = home / "dynamodb"
    databases.mkdir(parents=True, exist_ok=True)
    options = ["-Xmx256m", f"-Djava.library.path={libraries}", "-Djava.awt.headless=true"]
    engine = [_MAIN_CLASS, "-port", str(port), "-dbPath", str(databases), "-disableTelemetry"]
    return [java, *options, "-cp", f"{libraries}/*", *engine]
