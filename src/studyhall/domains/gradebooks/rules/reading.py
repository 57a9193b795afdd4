"""Whatever the file is: recognise it and read it."""

from decimal import Decimal

from studyhall.domains.gradebooks.rules.draft import Owner, Reading
from studyhall.domains.gradebooks.rules.exports import is_canvas, is_moodle, read_canvas, read_moodle
from studyhall.domains.gradebooks.rules.own import read_own
from studyhall.domains.gradebooks.rules.sheet import Unreadable, read_sheet


def read(content: bytes, owner: Owner, assumed_maximum: Decimal | None = None) -> Reading:
    """The results in a file: drafts, and a fault for every row or cell that could not be read.

    Args:
        assumed_maximum: for scores of which the file does not say out of how much they are.

    Raises:
        Unreadable, TooBig: nothing can be read at all.
    """
    sheet = read_sheet(content)
    if is_canvas(sheet.header):
        reading = read_canvas(sheet, owner, assumed_maximum)
    elif is_moodle(sheet.header):
        reading = read_moodle(sheet, owner, assumed_maximum)
    else:
        reading = read_own(sheet)
    if not reading.drafts and not reading.faults:
        raise Unreadable("The file holds no results.")
    return reading
