"""What reports refuse."""

from studyhall.platform.errors import Invalid, NotFound


class ReportNotFound(NotFound):
    code, message = "REPORT_NOT_FOUND", "There is no such report, or it is not yours."


class NoSuchWeek(Invalid):
    """A week that no report can be of."""

    @classmethod
    def because(cls, reason: str) -> "NoSuchWeek":
        return cls(reason, errors={"week_start": [reason]})


class NoSuchStretch(Invalid):
    """Days that nothing can be told of."""

    @classmethod
    def because(cls, field: str, reason: str) -> "NoSuchStretch":
        return cls(reason, errors={field: [reason]})
