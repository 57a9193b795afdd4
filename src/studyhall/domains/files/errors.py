"""Refusals of the files domain."""

from studyhall.platform.errors import AppError, Gone, NotFound, TooLarge, UnsupportedMedia


class FileTooLarge(TooLarge):
    code, message = "FILE_TOO_LARGE", "The file is too large."


class FileKindRefused(UnsupportedMedia):
    code, message = "FILE_KIND_REFUSED", "This kind of file cannot be used here."


class FileEmpty(UnsupportedMedia):
    code, message = "FILE_EMPTY", "The file is empty."


class AddressExpired(Gone):
    code, message = "FILE_ADDRESS_EXPIRED", "This file address has expired. Load the page again to get a new one."


class FileMissing(NotFound):
    message = "There is no such file, or the address is not complete."


class RangeRefused(AppError):
    status, code, message = 416, "RANGE_NOT_SATISFIABLE", "The file has no such range of bytes."
