"""The first steps."""

import re
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from studyhall.domains.people.rules import ONBOARDED, ONBOARDING_STEPS
from studyhall.domains.people.schemas.profiles import Line100, Line255
from studyhall.domains.people.schemas.settings import DayStart, OwnTime, Weekday, ZoneName
from studyhall.domains.people.service.onboarding import Answers, State
from studyhall.platform.web import Choice, Schema

Step = Literal["profile", "subjects", "goals", "preferences"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
_SHORT_TIME = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+(\d{1,2}:\d{2})\s*[-\u2013]\s*(\d{1,2}:\d{2})$")


def _spelled_out(value: Any) -> Any:
    """`Mon 18:00-22:00` as an object."""
    found = _SHORT_TIME.match(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        return value
    day = next(day.value for day in Weekday if day.value.startswith(found[1]))
    return {"day": day, "start": found[2], "end": found[3]}


class FreeTime(Schema):
    """When somebody has time; over midnight when the end is before the start."""

    day: Weekday
    start: OwnTime
    end: OwnTime

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.start == self.end:
            raise ValueError("Start and end are the same.")
        return self

    def plain(self) -> dict[str, str]:
        return {"day": self.day.value, "start": _minutes(self.start), "end": _minutes(self.end)}


def _minutes(value: time) -> str:
    return value.strftime("%H:%M")


FreeTimes = Annotated[
    list[Annotated[FreeTime, BeforeValidator(_spelled_out)]],
    Field(max_length=50, examples=[[{"day": "monday", "start": "18:00", "end": "22:00"}]]),
]


class SkillLevel(Choice):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    EXPERT = "expert"


class LearningStyle(Choice):
    VISUAL = "visual"
    AUDITORY = "auditory"
    READING = "reading"
    KINESTHETIC = "kinesthetic"
    MIXED = "mixed"


class StudyPace(Choice):
    SLOW = "slow"
    MODERATE = "moderate"
    FAST = "fast"


class Collaboration(Choice):
    SOLO = "solo"
    PAIR = "pair"
    GROUP = "group"
    ANY = "any"


class StudyPreferencesIn(Schema):
    """How somebody studies; only the fields sent are changed."""

    available_times: FreeTimes | None = None
    skill_levels: Annotated[dict[Words, SkillLevel], Field(max_length=100)] | None = None
    learning_style: LearningStyle | None = None
    study_pace: StudyPace | None = None
    collaboration_pref: Collaboration | None = None
    daily_goal_minutes: int | None = Field(None, ge=1, le=1440)
    max_study_buddies: int | None = Field(None, ge=0, le=50)
    is_findable: bool | None = None

    @field_validator("available_times", "skill_levels", "max_study_buddies", "is_findable")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("This may not be null.")
        return value

    def columns(self) -> dict[str, Any]:
        """The fields sent, as they are kept."""
        sent = self.model_dump(exclude_unset=True)
        if self.available_times is not None:
            sent["available_times"] = [one.plain() for one in self.available_times]
        if self.skill_levels is not None:
            sent["skill_levels"] = {name: level.value for name, level in self.skill_levels.items()}
        return sent


class OnboardingIn(Schema):
    """One step or several; each part that is sent takes its step."""

    university: Line255 | None = None
    semester: Line100 | None = None
    timezone: ZoneName | None = None
    day_start_hour: DayStart | None = None
    subjects: Annotated[list[Words], Field(max_length=30)] | None = Field(None, examples=[["Linear Algebra"]])
    goals: Annotated[list[Words], Field(max_length=30)] | None = Field(None, examples=[["Pass the exam in July"]])
    study_preferences: StudyPreferencesIn | None = None
    skip: Annotated[list[Step], Field(max_length=4)] = Field(default=[], description="Steps to pass over.")

    @field_validator("timezone", "day_start_hour", "subjects", "goals", "study_preferences")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("This may not be null.")
        return value

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("Send at least one answer, or the steps to skip.")
        return self

    def answers(self) -> Answers:
        profile = self.model_dump(exclude_unset=True, include={"university", "semester"})
        zone = self.model_dump(exclude_unset=True, include={"timezone", "day_start_hour"})
        return Answers(
            profile=profile or None,
            zone=zone or None,
            subjects=None if self.subjects is None else _each_once(self.subjects),
            goals=None if self.goals is None else _each_once(self.goals),
            study=None if self.study_preferences is None else self.study_preferences.columns(),
            skipped=self.skip,
        )


def _each_once(texts: list[str]) -> list[str]:
    return list({text.lower(): text for text in reversed(texts)}.values())[::-1]


class StudyPreferencesOut(Schema):
    available_times: list[FreeTime]
    skill_levels: dict[str, SkillLevel]
    learning_style: LearningStyle | None
    study_pace: StudyPace | None
    collaboration_pref: Collaboration | None
    daily_goal_minutes: int | None
    max_study_buddies: int
    is_findable: bool


class OnboardingOut(Schema):
    """How far I am, and what I said so far."""

    completed: bool
    next_step: Literal["profile", "subjects", "goals", "preferences", "done"]
    steps: list[str]
    university: str | None
    semester: str | None
    timezone: str
    day_start_hour: int
    subjects: list[str]
    goals: list[str]
    study_preferences: StudyPreferencesOut

    @classmethod
    def of(cls, state: State) -> Self:
        return cls.model_validate(
            {
                "completed": state.account.onboarding_completed,
                "next_step": state.account.onboarding_step,
                "steps": [*ONBOARDING_STEPS, ONBOARDED],
                "university": state.account.university,
                "semester": state.account.semester,
                "timezone": state.preferences["timezone"],
                "day_start_hour": state.preferences["day_start_hour"],
                "subjects": state.study.subjects,
                "goals": state.study.goals,
                "study_preferences": StudyPreferencesOut.model_validate(state.study),
            }
        )


class OnboardingData(Schema):
    onboarding: OnboardingOut
