"""Profiles, tags, blocks."""

from uuid import UUID

from studyhall.domains.identity.public import UsernameTaken
from studyhall.domains.people import errors
from studyhall.domains.people.schemas.profiles import (
    BlockData,
    BlockIn,
    BlockOut,
    BlocksData,
    ProfileData,
    ProfileIn,
    ProfileOut,
    PublicProfileData,
    PublicProfileOut,
    TagData,
    TagIn,
    TagOut,
    TagsData,
)
from studyhall.domains.people.service import blocks, profile, tags
from studyhall.platform.errors import NotFound
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("identity")


@router.get("/users/me", access="user", summary="My profile")
async def get_profile(uow: Uow, actor: CurrentActor) -> Envelope[ProfileData]:
    """With roles, tags and totals."""
    return ok(ProfileData(user=ProfileOut.whole(await profile.own(uow, actor))))


@router.patch("/users/me", access="user", summary="Change my profile", errors=[UsernameTaken])
async def change_profile(body: ProfileIn, uow: Uow, actor: CurrentActor) -> Envelope[ProfileData]:
    """Only the fields sent. A `name` is split into first and last; the e-mail cannot be changed here."""
    changed = await profile.change(uow, actor, body.model_dump(exclude_unset=True))
    return ok(ProfileData(user=ProfileOut.whole(changed)), "Profile updated successfully")


@router.get("/users/{user_id}", access="user", summary="Somebody's public profile")
async def get_public_profile(user_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[PublicProfileData]:
    """A private or unknown one, and that of somebody who blocked me or whom I blocked, answers 404."""
    return ok(PublicProfileData(user=PublicProfileOut.of(await profile.public(uow, actor, user_id))))


@router.get("/users/me/tags", access="user", summary="My skills and interests")
async def list_my_tags(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[TagsData]:
    page = (await tags.page(uow, actor, listing)).map(TagOut.of)
    return ok(TagsData(tags=page.rows, pagination=page.pagination))


@router.post("/users/me/tags", access="user", status=201, summary="Add a skill or interest", errors=[errors.TagTaken])
async def add_my_tag(body: TagIn, uow: Uow, actor: CurrentActor) -> Envelope[TagData]:
    """A name once, whatever its case."""
    return created(TagData(tag=TagOut.of(await tags.add(uow, actor, body.tag()))), "Tag added")


@router.delete("/users/me/tags/{tag_id}", access="user", summary="Remove a skill or interest")
async def remove_my_tag(tag_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    await tags.remove(uow, actor, tag_id)
    return ok(None, "Tag removed")


@router.get("/blocks", access="user", summary="People I blocked")
async def list_blocks(uow: Uow, actor: CurrentActor, listing: Listing) -> Envelope[BlocksData]:
    """Latest first."""
    page = (await blocks.page(uow, actor, listing)).map(lambda row: BlockOut.of(*row))
    return ok(BlocksData(blocks=page.rows, pagination=page.pagination))


@router.post("/blocks", access="user", status=201, summary="Block or report somebody", errors=[NotFound])
async def block_person(body: BlockIn, uow: Uow, actor: CurrentActor) -> Envelope[BlockData]:
    """Friends, invitations, mentions and matching keep to it. He is not told."""
    row = await blocks.block(uow, actor, body.user_id, report=body.report, reason=body.reason)
    return created(BlockData(block=BlockOut.of(*row)), "Reported and blocked" if body.report else "Blocked")


@router.delete("/blocks/{user_id}", access="user", summary="Unblock somebody")
async def unblock_person(user_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[None]:
    await blocks.unblock(uow, actor, user_id)
    return ok(None, "Unblocked")
