"""How DynamoDB Local is started."""

import shutil
from pathlib import Path

from slipway_sandbox.supervisor.faults import DependencyError

INSTALLATION = Path(__file__).resolve().parents[3]
"""The platform's checkout, whose `make setup` installs what the servers need."""

LIBRARIES = INSTALLATION / ".slipway/java/dynamodb/libs"
"""Where `make setup` puts the engine's jars."""

_MAIN_CLASS = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
_ENGINE_JAR = "DynamoDBLocal-*.jar"


def java_command(libraries: Path, databases: Path, port: int) -> list[str]:
    """The command that runs the engine on a port, its databases in a folder that exists.

    Raises:
        DependencyError: the jars or a Java runtime are missing.
    """
    if not any(libraries.glob(_ENGINE_JAR)):
        raise DependencyError(f"DynamoDB Local is missing: no jars in {libraries}", remedy="run `make setup`")
    java = shutil.which("java")
    if java is None:
        raise DependencyError(
            "there is no Java runtime: `java` is not on the PATH", remedy="install a JDK, version 17 or newer"
        )
    options = ["-Xmx256m", f"-Djava.library.path={libraries}", "-Djava.awt.headless=true"]
    engine = [_MAIN_CLASS, "-port", str(port), "-dbPath", str(databases), "-disableTelemetry"]
    return [java, *options, "-cp", f"{libraries}/*", *engine]
