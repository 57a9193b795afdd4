"""GPA, averages, what is still needed, and how a person is graded."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from studyhall.domains.grades.schemas.numbers import Credits, MaxScore, Number, Percentage, Weight
from studyhall.domains.grades.schemas.results import AssessmentType, Name
from studyhall.platform.web import Choice, Schema

MOST_AHEAD = 50
GradeName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10)]


class Trend(Choice):
    """Where it is going."""

    IMPROVING = "improving"
    DECLINING = "declining"
    STABLE = "stable"


class TrendPeriod(Choice):
    """What one point of the trend stands for: a semester (`semester` and `all`), or a year."""

    SEMESTER = "semester"
    YEAR = "year"
    ALL = "all"


class TrendPoint(Schema):
    """The GPA of one period, of all takings in it."""

    period: str = Field(examples=["Fall 2024"])
    gpa: Number = Field(examples=[3.65])
    credits: Number = Field(description="The credits it rests on.", examples=[15])


class GpaTrend(Schema):
    """GPA over time; null while nothing is graded."""

    trend: list[TrendPoint]
    current_gpa: Number | None = Field(description="Of the latest semester.", examples=[3.65])
    cumulative_gpa: Number | None = Field(
        description="Of all semesters; of a repeated course only the taking that counts.", examples=[3.45]
    )
    trend_direction: Trend = Field(description="The latest point against the one before: 2.5 % of the scale or more.")
    credits_earned: Number = Field(description="Of courses that are passed, pass/fail ones too.", examples=[46])
    scale: str = Field(examples=["us_4"])


class SubjectFigures(Schema):
    """How one course stands."""

    course_id: UUID
    course_name: str = Field(examples=["Data Structures & Algorithms"])
    course_code: str = Field(examples=["CS201"])
    average_score: Number | None = Field(description="Percent; null while nothing counts.", examples=[85.5])
    grade: str | None = Field(description="Of my scale, or the final grade.", examples=["B"])
    total_assessments: int = Field(examples=[4])
    trend: Trend = Field(description="The newer half of the results against the older half.", examples=["stable"])


class SubjectList(Schema):
    """Courses by name."""

    subjects: list[SubjectFigures]


class AheadIn(Schema):
    """An assessment that is still to come."""

    name: Name = Field(examples=["Final Exam"])
    assessment_type: AssessmentType = Field(AssessmentType.FINAL, examples=["final"])
    weight: Weight | None = Field(None, description="Percent of the final grade.", examples=[40])
    max_score: MaxScore | None = Field(None, examples=[100])


class CourseAheadIn(Schema):
    """A course whose grade is still open."""

    course_id: UUID
    credits: Annotated[Credits, Field(gt=0)] | None = Field(None, description="Those of the course when left out.")


class WhatIf(Schema):
    """A target: for a course its average or its grade, without a course the cumulative GPA."""

    course_id: UUID | None = None
    target_average: Percentage | None = Field(None, examples=[85])
    target_grade: GradeName | None = None
    target_gpa: Annotated[Number, Field(ge=0, le=100, decimal_places=5)] | None = None
    semester: Name | None = Field(None, description="Which taking; the latest when left out.")
    remaining: Annotated[list[AheadIn], Field(max_length=MOST_AHEAD)] | None = Field(
        None, description="What is left of the course; else whatever weight the results leave."
    )
    courses: Annotated[list[CourseAheadIn], Field(max_length=MOST_AHEAD)] | None = Field(
        None, description="Courses whose grades are still open; else those I take and have no results of."
    )

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        of_course = [self.target_average, self.target_grade]
        if sum(one is not None for one in (*of_course, self.target_gpa)) != 1:
            raise ValueError("Give exactly one of target_average, target_grade and target_gpa.")
        if (self.target_gpa is None) != (self.course_id is not None):
            raise ValueError("A target_average or target_grade needs a course_id, a target_gpa takes none.")
        if self.target_gpa is None and self.courses is not None:
            raise ValueError("courses belongs to a target_gpa; what is left of a course stands in remaining.")
        if self.target_gpa is not None and (self.remaining is not None or self.semester is not None):
            raise ValueError("remaining and semester belong to the target of a course.")
        return self


class Outlook(Choice):
    """Whether the target can still be reached."""

    REACHABLE = "reachable"
    SAFE = "safe"
    OUT_OF_REACH = "out_of_reach"


class RemainingOut(Schema):
    """Something that is left, and what is needed on it."""

    name: str
    course_id: UUID | None
    assessment_type: AssessmentType | None
    weight: Number | None
    credits: Number | None
    max_score: Number | None
    needed_score: Number | None = Field(description="Of max_score, rounded up.")


class WhatIfAnswer(Schema):
    """What is still needed. Figures of a course are percent, those of a GPA are points of my scale."""

    target: Number
    target_grade: str | None
    status: Outlook = Field(description="safe: whatever comes; out_of_reach: even with full marks.")
    current: Number | None = Field(description="The average or GPA so far.")
    needed: Number | None = Field(
        description="The least on everything that is left, rounded so that it suffices; null unless reachable."
    )
    needed_grade: str | None = Field(description="The lowest grade of my scale that suffices.")
    worst_possible: Number | None = Field(description="With nothing on what is left.")
    best_possible: Number | None = Field(description="With full marks on what is left.")
    remaining: list[RemainingOut]


class GradingKind(Choice):
    """Whether a course belongs into the GPA."""

    GRADED = "graded"
    PASS_FAIL = "pass_fail"  # noqa: S105 - a way of grading


class Repeats(Choice):
    """Which taking of a repeated course counts in the cumulative GPA."""

    LATEST = "latest"
    BEST = "best"
    ALL = "all"


DropLowest = Annotated[
    dict[AssessmentType, Annotated[int, Field(ge=0, le=50)]],
    Field(description="How many of the lowest results of a type do not count.", examples=[{"quiz": 1}]),
]


class CourseGradingIn(Schema):
    """How I am graded in one course. Only the fields that are sent change; null takes a value away."""

    course_id: UUID
    grading: GradingKind = GradingKind.GRADED
    credits: Credits | None = Field(None, description="Instead of the course's own; 0 keeps it out of the GPA.")
    final_grade: GradeName | None = Field(
        None, description="The official grade, which then counts instead of the results. `pass` or `fail` if so graded."
    )
    repeats_course_id: UUID | None = Field(None, description="The earlier course that this one repeats.")
    drop_lowest: DropLowest = Field(default_factory=dict)


class GradingChanges(Schema):
    """Only what is sent changes."""

    scale: str = Field(default="", max_length=20, examples=["us_4"])
    repeats: Repeats = Repeats.LATEST
    courses: Annotated[list[CourseGradingIn], Field(max_length=100)] = Field(default_factory=list)


class CourseGradingOut(Schema):
    """How I am graded in one course."""

    course_id: UUID
    grading: GradingKind
    credits: Number | None
    final_grade: str | None
    repeats_course_id: UUID | None
    drop_lowest: DropLowest


class BandOut(Schema):
    """One grade of a scale, from `lowest` percent on."""

    grade: str
    lowest: Number
    points: Number


class ScaleOut(Schema):
    """A scale that can be chosen."""

    key: str
    name: str
    higher_is_better: bool
    pass_percentage: Number
    bands: list[BandOut]


class GradingOut(Schema):
    """How I am graded, and what can be chosen."""

    scale: str
    repeats: Repeats
    courses: list[CourseGradingOut]
    scales: list[ScaleOut]
