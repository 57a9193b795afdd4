"""The demo people in company: two groups, an open invitation, friends and a friend request."""

from uuid import UUID

from studyhall.domains.friends import service as friends
from studyhall.domains.groups.rules import GroupType, Role, Visibility
from studyhall.domains.groups.service import invitations, members, settings
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork


async def meet(uow: UnitOfWork, student: UUID, educator: UUID, others: tuple[UUID, UUID, UUID]) -> None:
    """Let them meet: the student leads a private group, the educator a public one."""
    mira, amara = Actor(student), Actor(educator)
    jonas, lin, priya = (Actor(one) for one in others)
    evening = {
        "name": "Algorithms on Tuesdays",
        "description": "Exercise sheets together, every Tuesday at seven.",
        "group_type": GroupType.COMMUNITY,
        "visibility": Visibility.PRIVATE,
        "max_members": 8,
    }
    circle = (await settings.create(uow, mira, evening)).group.id
    for one in (jonas, lin):
        sent = await invitations.invite(uow, mira, circle, one.user_id, "Join us!")
        await invitations.respond(uow, one, sent.row.id, accept=True)
    await members.change_role(uow, mira, circle, jonas.user_id, Role.ADMIN)
    await invitations.invite(uow, jonas, circle, priya.user_id, "We have room for one more.")
    course = {
        "name": "CS201, questions and answers",
        "description": "For everybody who takes the course. Slides and old exams are here.",
        "group_type": GroupType.LEADER_CONTROLLED,
        "visibility": Visibility.PUBLIC,
    }
    lecture = (await settings.create(uow, amara, course)).group.id
    for one in (mira, lin):
        await members.join(uow, one, lecture, None)
    for one in (jonas, lin):
        await friends.ask(uow, one, user_id=student, email=None)
        await friends.ask(uow, mira, user_id=one.user_id, email=None)
    await friends.ask(uow, priya, user_id=student, email=None)
    await uow.settle()
