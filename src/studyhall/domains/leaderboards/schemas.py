"""What goes out of leaderboards."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from studyhall.domains.leaderboards.rules import Period
from studyhall.domains.leaderboards.service.boards import Board, Entry
from studyhall.platform.web import ListQuery, Page, Pagination, Schema


class RankedPerson(Schema):
    """Somebody who is named."""

    id: UUID
    name: str
    username: str
    avatar_url: str | None


class EntryOut(Schema):
    """A row. Who is anonymous has a made-up name that stays the same on this board, and no more."""

    rank: int = Field(description="Equal study time shares a rank; the next rank counts all before it.")
    name: str = Field(examples=["Mira Lindqvist"])
    is_me: bool
    is_anonymous: bool
    user: RankedPerson | None
    seconds: int = Field(description="Studied in the period; whole minutes of who is anonymous.")
    xp: int | None
    level: int | None
    movement: int | None = Field(description="Ranks risen since the last daily snapshot; negative is fallen.")

    @classmethod
    def of(cls, one: Entry) -> Self:
        return cls(
            rank=one.rank, name=one.name, is_me=one.is_me, is_anonymous=one.person is None,
            user=None if one.person is None else RankedPerson.model_validate(one.person),
            seconds=one.seconds, xp=one.xp.xp if one.xp else None, level=one.xp.level if one.xp else None,
            movement=one.movement,
        )  # fmt: skip


class MyRank(Schema):
    """Where I stand, or would stand if I took part."""

    rank: int
    seconds: int
    movement: int | None
    is_listed: bool = Field(description="Whether I am on this board; the global one asks for `leaderboard_opt_in`.")


class LeaderboardData(Schema):
    leaderboard: list[EntryOut]
    me: MyRank
    period: Period
    starts_on: date | None = Field(description="First day of the week or month, in my own days; null for all time.")
    total: int = Field(description="How many are on the board.")
    pagination: Pagination | None = Field(description="Only where a page of the whole list was asked for.")

    @classmethod
    def of(cls, board: Board, page: ListQuery | None) -> Self:
        return cls(
            leaderboard=[EntryOut.of(one) for one in board.entries],
            me=MyRank(rank=board.rank, seconds=board.seconds, movement=board.movement, is_listed=board.is_listed),
            period=board.span.period,
            starts_on=None if board.span.period is Period.ALL_TIME else board.span.first,
            total=board.total,
            pagination=None if page is None else Page([], board.total, page).pagination,
        )
