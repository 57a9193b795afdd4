"""What becomes of a file."""

from pydantic import Field

from studyhall.platform.web import Schema


class RowError(Schema):
    """A row that was not taken."""

    row: int = Field(description="As a spreadsheet numbers it; the header is row 1.", examples=[15])
    error: str = Field(examples=["Invalid course code"])


class Imported(Schema):
    """What became of a file. In a gradebook every score is counted, else every row."""

    format: str = Field(description="studyhall, canvas or moodle.", examples=["studyhall"])
    total_uploaded: int = Field(examples=[25])
    successful: int = Field(examples=[24])
    failed: int = Field(examples=[1])
    errors: list[RowError]
    warnings: list[str] = Field(description="What had to be assumed, because the file does not say it.")
