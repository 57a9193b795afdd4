"""Files by their signed addresses."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Header
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from studyhall.domains.files import rules, service
from studyhall.domains.files.errors import AddressExpired, FileMissing, RangeRefused
from studyhall.domains.files.service import StoredFile
from studyhall.platform.clients.storage import ObjectMissing, Storage, StorageError
from studyhall.platform.errors import Unavailable
from studyhall.platform.web import Router, Uow
from studyhall.platform.web.etags import matches

router = Router("files")

# Content of users runs nothing and reaches nothing in our name. PDF viewers of browsers do not work in a sandbox.
_SHOWN_CSP = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_OTHER_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"


class FileAnswer(StreamingResponse):
    """Streams a part of a stored file, after the transaction; the first chunk is read before the status is sent."""

    body: Any = None

    def __init__(
        self, storage: Storage, file: StoredFile, part: tuple[int, int], status: int, headers: dict[str, str]
    ) -> None:
        self._chunks = storage.stream(file.key, *part)
        super().__init__(self._chunks, status, headers, file.mime_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises FileMissing or Unavailable as long as they can still be told."""
        try:
            first = await anext(self._chunks, b"")
        except ObjectMissing as error:
            raise FileMissing from error
        except StorageError as error:
            raise Unavailable("The file store does not answer. Try again in a moment.") from error
        self.body_iterator = _with(first, self._chunks)
        await super().__call__(scope, receive, send)


async def _with(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


@router.get(
    "//files/{signed}",
    access="public",
    summary="A file by its signed, short-lived address",
    errors=[AddressExpired, RangeRefused],
    response_class=Response,
)
async def get_file(
    uow: Uow,
    signed: str,
    wanted: Annotated[str | None, Header(alias="Range", description="One range of bytes.")] = None,
    if_range: Annotated[str | None, Header(description="Take the range only of this ETag.")] = None,
    if_none_match: Annotated[str | None, Header(description="ETags that are already there.")] = None,
) -> Response:
    """Images and PDF are shown, everything else is a download. Addresses come with the things that hold files."""
    file = await service.find_by_address(uow, signed)
    tag = f'"{file.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={int(rules.ADDRESS_LIFETIME.total_seconds())}, no-transform",
        "Content-Disposition": rules.disposition(file.name, file.mime_type),
        "Content-Encoding": "identity",  # a compressed part would be a part of something else
        "Content-Security-Policy": _SHOWN_CSP if file.mime_type in rules.SHOWN_INLINE else _OTHER_CSP,
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
    }
    if if_none_match is not None and matches(if_none_match, tag):
        return Response(status_code=304, headers={name: headers[name] for name in ("Cache-Control", "ETag")})
    part = None
    if if_range is None or if_range.strip() == tag:
        part = rules.requested_range(wanted, file.size, lambda: RangeRefused(headers=_no_range(file)))
    start, end = part or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return FileAnswer(uow.resources.storage, file, (start, end), 200 if part is None else 206, headers)


def _no_range(file: StoredFile) -> dict[str, str]:
    return {"Content-Range": f"bytes */{file.size}"}
