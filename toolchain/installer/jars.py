"""The step that fetches the jars of DynamoDB Local."""

import hashlib
import shutil
from pathlib import Path

from toolchain.installer import prerequisites
from toolchain.installer.commands import Commands
from toolchain.installer.display import Display
from toolchain.installer.layout import Layout
from toolchain.installer.problems import Missing, SetupError
from toolchain.installer.stamps import Stamp, digest
from toolchain.installer.steps import StepName


class DynamoDbJars:
    """Jars and native libraries, checked against `jars.sha256`: Maven locks no transitive version by itself.

    Attributes:
        name: the step's name.
    """

    name = StepName.JAVA

    def __init__(self, layout: Layout) -> None:
        source = layout.toolchain / "java" / "dynamodb"
        self._description = source / "pom.xml"
        self._checksums = source / "jars.sha256"
        self._target = layout.state / "java" / "dynamodb" / "libs"
        self._stamp = Stamp(layout.stamps / f"{self.name}.json")

    def is_current(self) -> bool:
        """Tell whether all jars were copied for the present description."""
        return self._stamp.matches(self._key())

    def missing(self) -> list[Missing]:
        """Name Maven if it is not there; Java itself is asked for in any case."""
        return prerequisites.maven()

    def space(self) -> dict[Path, int]:
        """Return what the jars take, here and in Maven's own store."""
        return {self._target: prerequisites.GIB // 4}

    def run(self, commands: Commands, display: Display) -> None:
        """Copy the jars aside, check them, and put them in place together."""
        aside = self._target.with_name("libs.new")
        shutil.rmtree(aside, ignore_errors=True)
        fetched = 0

        def count(line: str) -> None:
            nonlocal fetched
            fetched += "Downloaded from" in line
            display.status(f"{fetched} files fetched")

        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={aside}"]
        commands.run(
            ["mvn", "--batch-mode", "--file", self._description, *goal],
            cwd=self._description.parent,
            listener=count,
        )
        self._check(aside)
        shutil.rmtree(self._target, ignore_errors=True)
        aside.rename(self._target)
        self._stamp.write(self._key(), sorted(self._target.iterdir()))

    def _check(self, folder: Path) -> None:
        """Compare what was fetched with what was locked, in both directions."""
        lines = (line.split() for line in self._checksums.read_text().splitlines())
        locked = {name: checksum for checksum, name in lines}
        found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.iterdir()}
        differing = sorted(
            name for name in locked.keys() | found.keys() if locked.get(name) != found.get(name)
        )
        if differing:
            raise SetupError(
                f"files of DynamoDB Local differ from {self._checksums}: {', '.join(differing)}",
                remedy="check the Maven repository in use; after a change of pom.xml renew the checksums: "
                f"(cd {folder} && sha256sum *) > {self._checksums}",
            )

    def _key(self) -> str:
        return digest([self._description, self._checksums])
