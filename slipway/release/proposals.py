"""Releases that wait for a signature: artifacts, and a manifest that nobody has to believe yet.

Whoever builds does not sign (SLSA v1.0, "Isolated": the signing key is out of reach of what is built). So a
build leaves the manifest here; whoever signs reads it again, and looks whether it says what its commit gives.
"""

from collections.abc import Sequence

from slipway.attest import canonical, digest_of, read_document
from slipway.model.digest import Digest, hex_of, short
from slipway.model.release import Manifest, Release
from slipway.ports.objects import ObjectAbsent, ObjectStore
from slipway.release.bundles import Bundle
from slipway.release.releases import UNSIGNED, Added, Releases, ReleaseUnknown, refuse_changed, the_one


class Proposals:
    """Every release that was built and is to be signed by somebody else.

    Args:
        objects: the artifact bucket.
    """

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def add(self, manifest: Manifest, bundles: Sequence[Bundle]) -> Added:
        """Write the artifacts and the manifest; what is there already is verified and left as it is.

        Raises:
            DigestMismatch: other bytes are at an artifact's place.
        """
        store = Releases(self._objects, ())
        written = tuple(bundle.artifact for bundle in bundles if store.put(bundle))
        content = canonical(manifest)
        release = Release(digest=digest_of(content), manifest=manifest)
        is_new = self._objects.create(_key(release.digest), content)
        return Added(release=release, artifacts=written, manifest=is_new)

    def find(self, name: str) -> Digest:
        """Find a proposal by its digest or the beginning of it.

        Raises:
            ReleaseUnknown: there is none, there are several, or it is no such text.
        """
        return the_one(name, self._objects, UNSIGNED)

    def read(self, digest: Digest) -> Release:
        """Read a manifest whose bytes are those of its digest; nobody has signed them.

        Raises:
            ReleaseUnknown: there is none.
            DigestMismatch: it was changed.
        """
        try:
            content = self._objects.read(_key(digest)).content
        except ObjectAbsent as error:
            raise ReleaseUnknown(
                f"there is no release {short(digest)} that waits for a signature",
                remedy="slipway build --unsigned writes one",
            ) from error
        refuse_changed(content, digest, subject=f"the manifest of release {short(digest)}")
        return Release(digest=digest, manifest=read_document(content, Manifest))


def _key(digest: Digest) -> str:
    return f"{UNSIGNED}{hex_of(digest)}.json"
