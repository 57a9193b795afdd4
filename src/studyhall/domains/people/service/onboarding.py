"""The first steps: time zone, subjects, goals, how somebody studies. Each may be sent again; the last answer counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import Account
from studyhall.domains.people import rules
from studyhall.domains.people.models import StudyPreferences
from studyhall.domains.people.service import tags
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

    account: Account
    preferences: Mapping[str, Any]
    study: StudyPreferences


async def state(uow: UnitOfWork, actor: Actor) -> State:
    """How far the actor is."""
    account = await identity.account(uow, actor.user_id)
    chosen = await identity.preferences_now(uow, account.id)
    return State(account, chosen, await uow.session.get_one(StudyPreferences, account.id))


async def answer(uow: UnitOfWork, actor: Actor, answers: Answers) -> State:
    """Keep the answers. Subjects become tags too; after the last step onboarding is complete and stays so.

    Raises:
        TooManyTags: the subjects do not fit among the tags.
    """
    await identity.lock_account(uow, actor.user_id)
    study = await uow.session.get_one(StudyPreferences, actor.user_id, with_for_update=True)
    chosen = await identity.change_preferences(uow, actor.user_id, answers.zone or {})
    if answers.subjects is not None:
        await tags.follow_subjects(uow, actor.user_id, study.subjects, answers.subjects)
        study.subjects = list(answers.subjects)
    if answers.goals is not None:
        study.goals = list(answers.goals)
    for name, value in (answers.study or {}).items():
        setattr(study, name, value)
    return State(await _go_on(uow, actor, answers), chosen, study)


async def _go_on(uow: UnitOfWork, actor: Actor, answers: Answers) -> Account:
    """Keep what belongs to the account, and where the person is now."""
    before = await identity.account(uow, actor.user_id)
    step = rules.step_after(before.onboarding_step, answers.steps)
    is_done = before.onboarding_completed or step == rules.ONBOARDED
    columns = {**(answers.profile or {}), "onboarding_step": step, "onboarding_completed": is_done}
    after, _ = await identity.change_account(uow, actor.user_id, columns)
    if is_done and not before.onboarding_completed:
        uow.audit("users.onboarded", "Finished the first steps.", user_id=actor.user_id)
    return after
