"""The first steps: time zone, subjects, goals, how somebody studies. Each may be sent again; the last answer counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from studyhall.domains.identity import rules
from studyhall.domains.identity.models import StudyPreferences, User, UserPreferences
from studyhall.domains.identity.service import preferences, tags
from studyhall.platform.auth import Actor
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
    """Where somebody is, with what he said so far: the account tells the next step, which is `done` at the end."""

    user: User
    preferences: UserPreferences
    study: StudyPreferences


async def state(uow: UnitOfWork, actor: Actor) -> State:
    """How far the actor is."""
    return await _load(uow, actor, lock=False)


async def answer(uow: UnitOfWork, actor: Actor, answers: Answers) -> State:
    """Keep the answers. Subjects become tags too; after the last step onboarding is complete and stays so.

    Raises:
        TooManyTags: the subjects do not fit among the tags.
    """
    before = await _load(uow, actor, lock=True)
    user, study = before.user, before.study
    preferences.apply(uow, before.preferences, answers.zone or {})
    if answers.subjects is not None:
        await tags.follow_subjects(uow, user.id, study.subjects, answers.subjects)
        study.subjects = list(answers.subjects)
    if answers.goals is not None:
        study.goals = list(answers.goals)
    for name, value in (answers.profile or {}).items():
        setattr(user, name, value)
    for name, value in (answers.study or {}).items():
        setattr(study, name, value)
    user.onboarding_step = rules.step_after(user.onboarding_step, answers.steps)
    if user.onboarding_step == rules.ONBOARDED and not user.onboarding_completed:
        user.onboarding_completed = True
        uow.audit("users.onboarded", "Finished the first steps.", user_id=user.id)
    await uow.session.flush()
    return before


async def _load(uow: UnitOfWork, actor: Actor, *, lock: bool) -> State:
    rows = (
        select(User, UserPreferences, StudyPreferences)
        .join(UserPreferences, UserPreferences.user_id == User.id)
        .join(StudyPreferences, StudyPreferences.user_id == User.id)
        .where(User.id == actor.user_id)
    )
    found = (await uow.session.execute(rows.with_for_update() if lock else rows)).one()
    return State(*found)
