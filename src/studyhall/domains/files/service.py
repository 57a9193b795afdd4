"""Taking files in, and handing them out by signed addresses."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

from studyhall.domains.files import queries, rules
from studyhall.domains.files.errors import AddressExpired, FileEmpty, FileKindRefused, FileMissing, FileTooLarge
from studyhall.domains.files.models import FileUpload
from studyhall.platform import clock
from studyhall.platform.crypto import SignatureExpired, SignatureInvalid
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork

FOLDER = "uploads"
ADDRESS = "file address"


@dataclass(frozen=True, slots=True)
class UploadRule:
    """What is taken for a purpose.

    Attributes:
        purpose: short lasting name, e.g. `avatar`.
        kinds: media types by content, of those that `rules.kind_of` knows.
        most_bytes: largest content.
    """

    purpose: str
    kinds: frozenset[str]
    most_bytes: int


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """An object that lies in the store and has no row yet. Without one it is swept away after a day."""

    id: UUID
    purpose: str
    name: str
    mime_type: str
    size: int
    sha256: str
    driver: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file, for other domains."""

    id: UUID
    user_id: UUID
    purpose: str
    name: str
    mime_type: str
    size: int
    sha256: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, row: FileUpload) -> Self:
        return cls(
            row.id,
            row.user_id,
            row.file_type,
            row.original_name,
            row.mime_type,
            row.file_size,
            row.sha256,
            row.file_path,
        )


class _Checked:
    """Passes a stream on while it counts, hashes and looks at it."""

    def __init__(self, rule: UploadRule, content: AsyncIterable[bytes]) -> None:
        self._rule = rule
        self._content = content
        self._hash = sha256()
        self.size = 0
        self.kind = rules.UNKNOWN

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def head(self) -> bytes:
        """Read the start and refuse a kind that is not taken. Raises FileEmpty, FileKindRefused, FileTooLarge."""
        self._pieces = aiter(self._content)
        head = bytearray()
        async for piece in self._pieces:
            head += self._counted(piece)
            if len(head) >= rules.HEAD_BYTES:
                break
        if not head:
            raise FileEmpty
        self.kind = rules.kind_of(bytes(head[: rules.HEAD_BYTES]))
        if self.kind not in self._rule.kinds:
            taken = ", ".join(sorted(rules.EXTENSIONS.get(kind, kind) for kind in self._rule.kinds))
            raise FileKindRefused(f"This kind of file is not taken here; by its content it must be one of: {taken}.")
        return bytes(head)

    async def all(self, head: bytes) -> AsyncIterator[bytes]:
        """The whole content. Raises FileTooLarge."""
        yield head
        async for piece in self._pieces:
            yield self._counted(piece)

    def _counted(self, piece: bytes) -> bytes:
        self.size += len(piece)
        if self.size > self._rule.most_bytes:
            raise FileTooLarge(f"The file is larger than {self._rule.most_bytes / 1_048_576:.3g} MiB.")
        self._hash.update(piece)
        return piece


async def receive(
    resources: Resources, rule: UploadRule, content: bytes | AsyncIterable[bytes], name: str | None
) -> ReceivedFile:
    """Check a file and put it into the store, streaming. Touches no table: call it outside a transaction.

    Raises:
        FileEmpty, FileKindRefused, FileTooLarge: it is not taken, and nothing is left of it.
        StorageError: the store does not take it.
    """
    checked = _Checked(rule, _one_piece(content) if isinstance(content, bytes) else content)
    head = await checked.head()
    file_id = new_id()
    key = await resources.storage.put(f"{FOLDER}/{clock.now():%Y/%m}/{file_id}", checked.all(head))
    return ReceivedFile(
        id=file_id,
        purpose=rule.purpose,
        name=rules.clean_name(name, checked.kind),
        mime_type=checked.kind,
        size=checked.size,
        sha256=checked.sha256,
        driver=resources.storage.driver,
        key=key,
    )


async def _one_piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def keep(
    uow: UnitOfWork, user_id: UUID, received: ReceivedFile, metadata: dict[str, Any] | None = None
) -> StoredFile:
    """Write the row of a received file: from now on it is the person's."""
    row = _row(user_id, received, metadata)
    uow.session.add(row)
    await uow.session.flush()
    return StoredFile.of(row)


async def keep_all(uow: UnitOfWork, user_id: UUID, received: Sequence[ReceivedFile]) -> list[StoredFile]:
    """The same for many at once, in one statement."""
    rows = [_row(user_id, one, None) for one in received]
    uow.session.add_all(rows)
    await uow.session.flush()
    return [StoredFile.of(row) for row in rows]


def _row(user_id: UUID, received: ReceivedFile, metadata: dict[str, Any] | None) -> FileUpload:
    return FileUpload(
        id=received.id,
        user_id=user_id,
        file_name=f"{received.id}.{rules.EXTENSIONS.get(received.mime_type, 'bin')}",
        original_name=received.name,
        file_path=received.key,
        file_type=received.purpose,
        mime_type=received.mime_type,
        file_size=received.size,
        storage_driver=received.driver,
        sha256=received.sha256,
        details=metadata or {},
    )


def address_of(resources: Resources, file_id: UUID) -> str:
    """An address good for 10 to 20 minutes. Only for those who may read the file: it needs no token."""
    now = clock.now()
    signed = resources.keys.sign(ADDRESS, {"file": file_id.hex}, rules.address_expiry(now) - now)
    return f"{resources.settings.base_url}/files/{signed}"


def lasting_address_of(resources: Resources, file_id: UUID) -> str:
    """An address good until the file is deleted: for what everybody may see who sees the thing that holds it."""
    return f"{resources.settings.base_url}/files/{resources.keys.sign(ADDRESS, {'file': file_id.hex})}"


async def find_by_address(uow: UnitOfWork, signed: str) -> StoredFile:
    """The file behind an address.

    Raises:
        AddressExpired: the address was good once.
        FileMissing: it never was, or the file is deleted.
    """
    try:
        file_id = UUID(hex=uow.resources.keys.verify(ADDRESS, signed)["file"])
    except SignatureExpired as error:
        raise AddressExpired from error
    except SignatureInvalid as error:
        raise FileMissing from error
    found = await queries.living(uow, [file_id])
    if not found:
        raise FileMissing
    return StoredFile.of(found[0])
