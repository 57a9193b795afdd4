"""Leaderboards over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from studyhall.domains.groups.public import GroupNotFound, NotInGroup
from studyhall.domains.leaderboards.rules import Period
from studyhall.domains.leaderboards.schemas import LeaderboardData
from studyhall.domains.leaderboards.service import boards
from studyhall.domains.leaderboards.service.boards import Board, Wanted
from studyhall.platform.web import CurrentActor, Envelope, ListQuery, Router, Uow, ok

router = Router("gamification")

MOST_AROUND, MOST_ROWS, DEEPEST_PAGE, ROWS = 20, 100, 10_000, 20
Rows = Annotated[int | None, Query(ge=1, le=MOST_ROWS, description="Rows on a page.")]


async def _wanted(
    period: Annotated[Period, Query(description="In my own days; weeks begin on Monday.")] = Period.ALL_TIME,
    around: Annotated[int, Query(ge=0, le=MOST_AROUND, description="Rows above me and below me.")] = 5,
    page: Annotated[int | None, Query(ge=1, le=DEEPEST_PAGE, description="From the top instead: this page.")] = None,
    per_page: Rows = None,
    limit: Rows = None,
) -> Wanted:
    rows = per_page or limit
    if page is None and rows is None:
        return Wanted(period, around)
    rows = rows or ROWS
    return Wanted(period, around, ListQuery(((page or 1) - 1) * rows, rows))


Part = Annotated[Wanted, Depends(_wanted)]


def _answer(board: Board, wanted: Wanted) -> Envelope[LeaderboardData]:
    return ok(LeaderboardData.of(board, wanted.page))


@router.get("/leaderboards/global", access="user", summary="Study time of all who take part")
async def get_global_leaderboard(uow: Uow, actor: CurrentActor, wanted: Part) -> Envelope[LeaderboardData]:
    """Those around me, or the list from the top where a page is asked for; who has not studied sees the top.

    One takes part by `leaderboard_opt_in` in the preferences, unnamed with `leaderboard_anonymous` or a private
    profile.
    """
    return _answer(await boards.global_board(uow, actor, wanted), wanted)


@router.get("/leaderboards/friends", access="user", summary="Study time of my friends and me")
async def get_friends_leaderboard(uow: Uow, actor: CurrentActor, wanted: Part) -> Envelope[LeaderboardData]:
    """Everybody, also who has not studied yet."""
    return _answer(await boards.friends_board(uow, actor, wanted), wanted)


@router.get(
    "/leaderboards/group/{group_id}",
    access="user",
    summary="Study time of a group's members",
    errors=[GroupNotFound, NotInGroup],
)
async def get_group_leaderboard(
    uow: Uow, actor: CurrentActor, group_id: UUID, wanted: Part
) -> Envelope[LeaderboardData]:
    """All that its members study, in whosever name; for members only."""
    return _answer(await boards.group_board(uow, actor, group_id, wanted), wanted)
