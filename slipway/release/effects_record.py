"""Effects documents that `slipway deploy --explain` has printed: what an approver reads before approving.

Kept in the evidence bucket below the release and the environment, each under its own digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from slipway.attest import canonical, digest_of_document, read_document
from slipway.model.digest import Digest, hex_of, short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.ports.objects import ObjectAbsent, ObjectStore


class EffectsUnknown(SlipwayError):  # noqa: N818 - it says what is the case
    """A digest that no explanation of this release in this environment has printed."""


@dataclass(frozen=True)
class EffectsRecord:
    """Effects by release, environment and digest.

    Attributes:
        objects: the evidence bucket.
    """

    objects: ObjectStore

    def keep(self, release: Digest, environment: Environment, effects: Effects) -> Digest:
        """Write effects once and return their digest, which is what is approved."""
        digest = digest_of_document(effects)
        self.objects.create(_key(release, environment, digest), canonical(effects))
        return digest

    def read(self, release: Digest, environment: Environment, digest: Digest) -> Effects:
        """Read effects whose bytes are those of their digest.

        Raises:
            EffectsUnknown: nobody has explained that.
            AttestationRefused: they were changed.
        """
        try:
            stored = self.objects.read(_key(release, environment, digest))
        except ObjectAbsent as error:
            asked = f"slipway deploy {short(release)} -s {environment} --explain"
            raise EffectsUnknown(
                f"release {short(release)} was never explained in {environment} with effects {short(digest)}",
                remedy=f"{asked} prints its effects and their digest",
            ) from error
        return read_document(stored.content, Effects, digest=digest)

    def known(self, release: Digest, environment: Environment) -> Sequence[Digest]:
        """The digests of everything that was explained, sorted."""
        folder = _folder(release, environment)
        keys = self.objects.keys(folder)
        return [Digest(f"sha256:{key.removeprefix(folder).removesuffix('.json')}") for key in keys]


def _folder(release: Digest, environment: Environment) -> str:
    return f"effects/{hex_of(release)}/{environment}/"


def _key(release: Digest, environment: Environment, digest: Digest) -> str:
    return f"{_folder(release, environment)}{hex_of(digest)}.json"
