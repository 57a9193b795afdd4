"""What calendar feeds look like from outside."""

from datetime import datetime

from pydantic import Field

from studyhall.platform.web import Schema


class FeedOut(Schema):
    """Whether there is a feed. Its address is never told again."""

    exists: bool
    made_at: datetime | None = Field(description="When the present address was made.")
    last_fetched_at: datetime | None = Field(description="Exact to ten minutes; null when it was never fetched.")


class FeedAnswer(Schema):
    """My feed."""

    feed: FeedOut


class NewAddress(FeedAnswer):
    """A new address, shown this once."""

    address: str = Field(examples=["https://studyhall.example.org/calendar/s3cr3t.ics"])
    webcal_address: str = Field(
        description="The same for programs that subscribe at a click.",
        examples=["webcal://studyhall.example.org/calendar/s3cr3t.ics"],
    )
