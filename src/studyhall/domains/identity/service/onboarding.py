"""The first steps: time zone, subjects, goals, how somebody studies. Each may be sent again; the last answer counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studyhall.domains.identity import rules
from studyhall.domains.identity.models import StudyPreferences, User, UserPreferences
from studyhall.domains.identity.queries.people import preferences_of
from studyhall.domains.identity.service import preferences, tags
from studyhall.platform.auth import Actor
from studyhall.platform.errors import NotFound
from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Answers:
    """What was sent; None is not sent. `profile` holds columns of the account and of its preferences."""

    profile: Mapping[str, Any] | None = None
    zone: Mapping[str, Any] | None = None
    subjects: Sequence[str] | None = None
    goals: Sequence[str] | None = None
    study: Mapping[str, Any] | None = None
    skipped: Sequence[str] = field(default=())

    @property
    def steps(self) -> list[str]:
        """The steps that these answers take."""
        parts = {
            "profile": self.profile or self.zone,
            "subjects": self.subjects,
            "goals": self.goals,
            "preferences": self.study,
        }
        return [*(step for step, part in parts.items() if part is not None), *self.skipped]


@dataclass(frozen=True, slots=True)
class State:
    """Where somebody is, with what he said so far. `next_step` is `done` at the end."""

    next_step: str
    is_complete: bool
    user: User
    preferences: UserPreferences
    study: StudyPreferences


async def state(uow: UnitOfWork, actor: Actor) -> State:
    """How far the actor is."""
    user = await uow.session.get_one(User, actor.user_id)
    return _state(user, await preferences_of(uow, user.id), await _study(uow, user, lock=False))


async def answer(uow: UnitOfWork, actor: Actor, answers: Answers) -> State:
    """Keep the answers. Subjects become tags too; after the last step onboarding is complete and stays so.

    Raises:
        TooManyTags: the subjects do not fit among the tags.
    """
    user = await uow.session.get_one(User, actor.user_id, with_for_update=True, populate_existing=True)
    study = await _study(uow, user, lock=True)
    for name, value in (answers.profile or {}).items():
        setattr(user, name, value)
    if answers.zone:
        await preferences.change(uow, user.id, answers.zone)
    if answers.subjects is not None:
        await tags.follow_subjects(uow, user.id, study.subjects, answers.subjects)
        study.subjects = list(answers.subjects)
    if answers.goals is not None:
        study.goals = list(answers.goals)
    for name, value in (answers.study or {}).items():
        setattr(study, name, value)
    user.onboarding_step = rules.step_after(user.onboarding_step, answers.steps)
    if user.onboarding_step == rules.ONBOARDED and not user.onboarding_completed:
        user.onboarding_completed = True
        uow.audit("users.onboarded", "Finished the first steps.", user_id=user.id)
    await uow.session.flush()
    return _state(user, await preferences_of(uow, user.id), study)


async def _study(uow: UnitOfWork, user: User, *, lock: bool) -> StudyPreferences:
    found = await uow.session.get(StudyPreferences, user.id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound
    return found


def _state(user: User, chosen: UserPreferences, study: StudyPreferences) -> State:
    return State(user.onboarding_step, user.onboarding_completed, user, chosen, study)
