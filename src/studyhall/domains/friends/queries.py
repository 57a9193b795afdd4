"""Reading friendships and requests."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from studyhall.domains.friends.models import FriendRequest, Friendship
from studyhall.domains.identity import public as identity
from studyhall.domains.people import public as people
from studyhall.platform import clock
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web import ListQuery, Page, page_of

MOST_REQUESTS_SHOWN = 200

_friend_id: ColumnElement[UUID] = Friendship.__table__.c.friend_id
_sender_id: ColumnElement[UUID] = FriendRequest.__table__.c.user_id
_receiver_id: ColumnElement[UUID] = FriendRequest.__table__.c.to_user_id


async def lock_pair(uow: UnitOfWork, one: UUID, other: UUID) -> None:
    """What happens between two people happens in turn, whether or not there is a row yet."""
    low, high = sorted((one, other))
    key = func.hashtextextended(f"friends {low} {high}", 0)
    await uow.session.execute(select(func.pg_advisory_xact_lock(key)))


async def page_of_friends(uow: UnitOfWork, user_id: UUID, listing: ListQuery) -> Page[Friendship]:
    """Friends whose accounts live, latest first."""
    rows = select(Friendship).where(Friendship.user_id == user_id, identity.is_living(_friend_id))
    return await page_of(uow, rows, listing, order=(Friendship.created_at.desc(),), tie=Friendship.friend_id)


async def friend_ids(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """All friends whose accounts live."""
    rows = select(Friendship.friend_id).where(Friendship.user_id == user_id, identity.is_living(_friend_id))
    return list((await uow.session.scalars(rows.order_by(Friendship.created_at, Friendship.friend_id))).all())


async def are_friends(uow: UnitOfWork, one: UUID, other: UUID) -> bool:
    """Whether the two are friends."""
    rows = select(Friendship.user_id).where(Friendship.user_id == one, Friendship.friend_id == other)
    return (await uow.session.scalars(rows)).first() is not None


async def friend_counts(uow: UnitOfWork, user_ids: Collection[UUID]) -> list[int]:
    """How many friends those of the people have who have any."""
    rows = select(func.count()).where(Friendship.user_id.in_(user_ids)).group_by(Friendship.user_id)
    return list((await uow.session.scalars(rows)).all())


def _is_open() -> ColumnElement[bool]:
    return FriendRequest.expires_at > clock.now()


def received_by(user_id: UUID) -> ColumnElement[bool]:
    """Requests that the person can see: of living people, none of whom keeps him away or is kept away by him."""
    return and_(
        FriendRequest.to_user_id == user_id,
        FriendRequest.status == "pending",
        identity.is_living(_sender_id),
        ~people.kept_apart(_sender_id, _receiver_id),
    )


async def received(uow: UnitOfWork, user_id: UUID) -> Sequence[FriendRequest]:
    """Open requests to the person, one for each sender, latest first."""
    newest = (
        select(FriendRequest.id)
        .where(received_by(user_id), _is_open())
        .ext(distinct_on(FriendRequest.user_id))
        .order_by(FriendRequest.user_id, FriendRequest.id.desc())
    )
    rows = select(FriendRequest).where(FriendRequest.id.in_(newest)).order_by(FriendRequest.id.desc())
    return list((await uow.session.scalars(rows.limit(MOST_REQUESTS_SHOWN))).all())


async def sent(uow: UnitOfWork, user_id: UUID) -> Sequence[FriendRequest]:
    """Requests that the person sent and that still stand, latest first; what became of them is not his to know."""
    rows = select(FriendRequest).where(FriendRequest.user_id == user_id, _is_open())
    return list((await uow.session.scalars(rows.order_by(FriendRequest.id.desc()).limit(MOST_REQUESTS_SHOWN))).all())


async def sent_count(uow: UnitOfWork, user_id: UUID) -> int:
    """How many requests of the person stand."""
    rows = select(func.count()).select_from(FriendRequest).where(FriendRequest.user_id == user_id, _is_open())
    return (await uow.session.execute(rows)).scalar_one()


async def has_request(uow: UnitOfWork, sender_id: UUID, receiver_id: UUID) -> bool:
    """Whether a request of the one to the other stands, declined or not, that nothing keeps from them."""
    rows = select(FriendRequest.id).where(
        FriendRequest.user_id == sender_id,
        FriendRequest.to_user_id == receiver_id,
        _is_open(),
        identity.is_living(_sender_id),
        ~people.kept_apart(_sender_id, _receiver_id),
    )
    return (await uow.session.scalars(rows)).first() is not None


async def received_request(uow: UnitOfWork, user_id: UUID, request_id: UUID) -> FriendRequest | None:
    """A request that the person can see, also when it has run out."""
    rows = select(FriendRequest).where(FriendRequest.id == request_id, received_by(user_id))
    found: FriendRequest | None = (
        await uow.session.scalars(rows.execution_options(populate_existing=True))
    ).one_or_none()
    return found


def between(one: UUID, other: UUID) -> ColumnElement[bool]:
    """Every request of either to the other."""
    return or_(
        and_(FriendRequest.user_id == one, FriendRequest.to_user_id == other),
        and_(FriendRequest.user_id == other, FriendRequest.to_user_id == one),
    )


def friend_count(user_id: UUID) -> ScalarSelect[int]:
    """In SQL: how many friends the person has whose accounts live."""
    found = select(func.count()).select_from(Friendship)
    return found.where(Friendship.user_id == user_id, identity.is_living(_friend_id)).scalar_subquery()
