"""What the provider's core and the materialised types agree on.

A materialiser speaks to a server with plain Python values; everything of the Pulumi protocol (unknowns,
secrets, previews, diffs, names, faults as gRPC errors) is the core's. This module holds no behaviour but
reading assets.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from slipway_sandbox.provider.connections import Connections, Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.snowflake.client import Snowflake
    from slipway_sandbox.world import World

Properties = dict[str, Any]
"""camelCase keys as on the wire; no unknowns, secrets unwrapped, integral numbers as int, assets as below."""

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: equal content gives equal bytes


class ProviderFault(Exception):  # noqa: N818  a fault is what the Pulumi protocol reports, whoever erred
    """Something a person can act on; shown as one sentence, without a traceback.

    Attributes:
        message: one sentence that names the subject.
        remedy: one sentence that says what to do; empty when there is nothing to say.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class PartialFault(ProviderFault):
    """An object was made, but a later step of its creation failed: the core keeps it in the state as broken.

    Attributes:
        id: the id of the object that exists.
        outputs: what is known of it; the only place of what a server tells once.
    """

    def __init__(
        self, message: str, *, id_: str, outputs: Mapping[str, Any] | None = None, remedy: str = ""
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.id = id_
        self.outputs: Properties = dict(outputs or {})


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file given by its text, its path or its URL: exactly one is set.

    Attributes:
        hash: the engine's SHA-256 of the content; tells a changed file under an unchanged path.
    """

    text: str | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""

    def content(self) -> bytes:
        """The bytes that a server is to hold.

        Raises:
            ProviderFault: the file or address cannot be read.
        """
        if self.text is not None:
            return self.text.encode()
        return _read(self.path, self.uri)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A tree of files given by its entries, its path (a folder, or an archive file) or its URL.

    Attributes:
        hash: the engine's SHA-256 of the content; tells changed files under an unchanged path.
    """

    assets: Mapping[str, Asset | Archive] | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""

    def content(self) -> bytes:
        """The archive as a zip file; an archive file given by path or URL is passed on as it is.

        Raises:
            ProviderFault: a file or address cannot be read.
        """
        if self.assets is None and not (self.path and Path(self.path).is_dir()):
            return _read(self.path, self.uri)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(self.entries().items()):
                archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def entries(self) -> dict[str, bytes]:
        """Every file of the tree by its path inside the archive.

        Raises:
            ProviderFault: a file or address cannot be read, or an archive inside is no zip file.
        """
        if self.assets is not None:
            return _joined(self.assets)
        if self.path and Path(self.path).is_dir():
            root = Path(self.path)
            return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        try:
            with zipfile.ZipFile(io.BytesIO(self.content())) as archive:
                return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        except zipfile.BadZipFile as error:
            raise ProviderFault(f"archive {self.path or self.uri} is not a zip file") from error


def _joined(assets: Mapping[str, Asset | Archive]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, asset in assets.items():
        if isinstance(asset, Asset):
            files[name] = asset.content()
        else:
            files |= {f"{name}/{inner}": content for inner, content in asset.entries().items()}
    return files


def _read(path: str | None, uri: str | None) -> bytes:
    try:
        if path is not None:
            return Path(path).read_bytes()
        if uri is not None and uri.startswith("file:"):
            return Path(unquote(urlsplit(uri).path)).read_bytes()
    except OSError as error:
        raise ProviderFault(f"asset {path or uri} cannot be read: {error.strerror or error}") from error
    raise ProviderFault(
        f"asset {uri} is not a file", remedy="the sandbox reads files only, no network addresses"
    )


class GithubClient(Protocol):
    """A session with the sandbox's GitHub, bound to its base URL, token and owner."""

    owner: str

    def request(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's decoded body, None when empty; a status of 400 and above raises ProviderFault."""
        ...

    def find(self, path: str, *, params: Mapping[str, str] | None = None) -> Any | None:
        """GET that answers None when the object does not exist."""
        ...


@dataclass(frozen=True, kw_only=True)
class Session:
    """One configured provider.

    Attributes:
        package: "aws", "github" or "snowflake".
        account: the AWS account that the credentials lead to; "" for the other packages.
        region: the AWS region of the provider; "" for the other packages.
        default_tags: the provider's defaultTags. The core has merged them under the resource's own tags in
            the inputs that a materialiser gets (`tags` and `tagsAll` are both the merged map: write that),
            and takes them out of the `tags` that `read` returns.
        credentials: after assuming roles; None means the world's own.
        endpoints: service -> URL that the program configured; the AWS front for all others.
        github: set when the package is github.
        snowflake: set when the package is snowflake.
    """

    package: str
    account: str
    region: str
    world: World
    default_tags: Mapping[str, str] = field(default_factory=dict)
    credentials: Credentials | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)
    github: GithubClient | None = None
    snowflake: Snowflake | None = None
    _connections: Connections = field(default_factory=Connections, repr=False, compare=False)

    def client(self, service: str, region: str | None = None) -> Any:
        """The boto3 client of a service at the AWS front, signed with this session's credentials; cached."""
        own = Credentials(access_key=self.world.access_key_id, secret_key=self.world.secret_access_key)
        url = self.endpoints.get(service, self.world.aws)
        return self._connections.client(self.credentials or own, service, region or self.region, url)


@dataclass(frozen=True, kw_only=True)
class State:
    """An object as its server has it: the id, and outputs by their wire names."""

    id: str
    outputs: Properties


class Materialiser(Protocol):
    """A type whose resources exist on a server of the sandbox.

    Attributes:
        token: for example "aws:s3/bucket:Bucket".
        replace_on: inputs whose change forces a replacement; "a.b" names a field of a nested block.
        autoname: the input that becomes "name-<7 hex>" when the program leaves it out; None for none.
        defaults: what the server has where the program says nothing; an import leaves these inputs out.
            "TableColumn.nullable" is a field of a nested type, whose other values are drift even if left out.
    """

    @property
    def token(self) -> str:
        """The Pulumi type."""
        ...

    @property
    def replace_on(self) -> frozenset[str]:
        """Inputs whose change forces a replacement."""
        ...

    @property
    def autoname(self) -> str | None:
        """The input that is named automatically."""
        ...

    @property
    def defaults(self) -> Mapping[str, Any]:
        """What the server has where the program says nothing."""
        ...

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make the object; name is the resource's name in the program."""
        ...

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """The object as it is now, None when it is gone; asked after create and update too.

        Inputs are empty when the object is imported: everything must follow from the id then. An output that
        is None is one that the server says is not set (drift, if the program set it); what the server does
        not report is left out, and stays as the program gave it.
        """
        ...

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Change the object from the old inputs to the new ones."""
        ...

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Remove the object; one that is gone already is fine."""
        ...


class Invoke(Protocol):
    """A data source that answers from the servers."""

    def __call__(self, session: Session, args: Properties) -> Properties:
        """The result's properties by their wire names."""
        ...
