"""Skills and interests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from studyhall.domains.identity import public as identity
from studyhall.domains.people.errors import TagTaken, TooManyTags
from studyhall.domains.people.models import UserTag
from studyhall.domains.people.queries import MOST_TAGS
from studyhall.platform import clock
from studyhall.platform.auth import Actor
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.ids import new_id
from studyhall.platform.uow import UnitOfWork
from studyhall.platform.web.lists import ListQuery, Page, page_of


@dataclass(frozen=True, slots=True)
class NewTag:
    """A tag to be added. `rating_score` is one's own, 1 to 10."""

    tag_name: str
    tag_value: str | None = None
    master_tag_id: UUID | None = None
    rating_score: int | None = None
    source_type: str = "manual"


async def page(uow: UnitOfWork, actor: Actor, listing: ListQuery) -> Page[UserTag]:
    """The actor's tags by name."""
    rows = select(UserTag).where(UserTag.user_id == actor.user_id)
    return await page_of(uow, rows, listing, order=(UserTag.tag_name.asc(),), tie=UserTag.id)


async def add(uow: UnitOfWork, actor: Actor, tag: NewTag) -> UserTag:
    """Add a tag.

    Raises:
        Invalid: there is no such tag in the catalogue.
        TagTaken: he has one of that name, in whatever case.
        TooManyTags: he has as many as one may have.
    """
    await identity.lock_account(uow, actor.user_id)
    try:
        made = await _insert(uow, actor.user_id, [tag])
    except IntegrityError as error:
        if "master_tag_id" not in str(error.orig):
            raise
        raise Invalid.field("master_tag_id", "There is no such tag in the catalogue.") from error
    if not made:
        raise TagTaken(errors={"tag_name": ["You have this tag already."]})
    return await uow.session.get_one(UserTag, made[0])


async def remove(uow: UnitOfWork, actor: Actor, tag_id: UUID) -> None:
    """Remove one's own tag. Raises NotFound."""
    gone = await uow.session.scalars(
        delete(UserTag).where(UserTag.id == tag_id, UserTag.user_id == actor.user_id).returning(UserTag.id)
    )
    if gone.one_or_none() is None:
        raise NotFound


async def follow_subjects(uow: UnitOfWork, user_id: UUID, former: Sequence[str], subjects: Sequence[str]) -> None:
    """Keep tags in step with the subjects of onboarding: new ones become tags, and tags of subjects that were taken
    back go, unless the person has made something of them since. The caller has locked the person's row."""
    kept = {name.lower() for name in subjects}
    dropped = [name.lower() for name in former if name.lower() not in kept]
    if dropped:
        await uow.session.execute(
            delete(UserTag).where(
                UserTag.user_id == user_id,
                func.lower(UserTag.tag_name).in_(dropped),
                UserTag.rating_score.is_(None),
                UserTag.tag_value.is_(None),
                UserTag.source_type == "manual",
            )
        )
    await _insert(uow, user_id, [NewTag(name) for name in subjects])


async def _insert(uow: UnitOfWork, user_id: UUID, tags: Iterable[NewTag]) -> list[UUID]:
    """Those that were not there yet. The caller has locked the person's row, so that the bound holds."""
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "tag_name": tag.tag_name,
            "tag_value": tag.tag_value,
            "master_tag_id": tag.master_tag_id,
            "rating_score": tag.rating_score,
            "source_type": tag.source_type,
            "created_at": now,
            "updated_at": now,
        }
        for tag in tags
    ]
    if not rows:
        return []
    made = list(await uow.session.scalars(insert(UserTag).on_conflict_do_nothing().returning(UserTag.id), rows))
    if not made:
        return []
    counted = select(func.count()).select_from(UserTag).where(UserTag.user_id == user_id)
    if (await uow.session.execute(counted)).scalar_one() > MOST_TAGS:
        raise TooManyTags
    return made
