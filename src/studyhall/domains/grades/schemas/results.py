"""Results."""

from datetime import date as Day
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.grades.models import Result
from studyhall.domains.grades.rules.results import FIRST_DATE, LAST_DATE
from studyhall.domains.grades.schemas.numbers import MaxScore, Number, Score, Weight
from studyhall.platform.web import Choice, Pagination, Schema

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Letter = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5)]
Semester = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Notes = Annotated[str, StringConstraints(max_length=10_000)]
ResultDate = Annotated[Day, Field(ge=FIRST_DATE, le=LAST_DATE)]


class AssessmentType(Choice):
    """What was assessed."""

    QUIZ = "quiz"
    MIDTERM = "midterm"
    FINAL = "final"
    ASSIGNMENT = "assignment"
    PROJECT = "project"


class NewResult(Schema):
    """A new result. Without a semester it is that of the course."""

    course_id: UUID
    assessment_type: AssessmentType = Field(examples=["midterm"])
    assessment_name: Name | None = Field(None, examples=["Midterm Exam"])
    score: Score = Field(examples=[85])
    max_score: MaxScore = Field(description="At least the score.", examples=[100])
    grade: Letter | None = Field(None, description="As it was given; else that of my scale is shown.", examples=["B+"])
    weight: Weight | None = Field(None, description="Percent of the final grade.", examples=[30])
    is_dropped: bool = Field(False, description="It does not count.")
    semester: Semester | None = Field(None, examples=["Fall 2024"])
    date: ResultDate = Field(examples=["2024-10-15"])
    notes: Notes | None = Field(None, examples=["Good performance overall"])


class ResultChanges(Schema):
    """Only the fields that are sent change. A default here is never read; it only lets a field be left out."""

    course_id: UUID = Field(default=UUID(int=0))
    assessment_type: AssessmentType = AssessmentType.QUIZ
    assessment_name: Name | None = None
    score: Score = Field(default=Decimal(0), examples=[90])
    max_score: MaxScore = Field(default=Decimal(100), examples=[100])
    grade: Letter | None = Field(None, examples=["A-"])
    weight: Weight | None = None
    is_dropped: bool = False
    semester: Semester = Field(default="")
    date: ResultDate = Field(default=LAST_DATE)
    notes: Notes | None = Field(None, examples=["Updated after regrade"])


class ResultCourse(Schema):
    """The course of a result."""

    id: UUID
    name: str
    code: str


class ResultOut(Schema):
    """A result."""

    id: UUID
    course: ResultCourse | None
    assessment_type: AssessmentType
    assessment_name: str | None
    score: Number
    max_score: Number
    percentage: Number
    grade: str = Field(description="As it was given, else that of my scale.")
    weight: Number | None
    is_dropped: bool
    semester: str
    date: Day
    notes: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Result, course: CourseBrief | None, grade: str) -> Self:
        """The result with its course and the grade that is shown."""
        return cls(
            id=row.id,
            course=ResultCourse(id=course.id, name=course.name, code=course.code) if course else None,
            assessment_type=AssessmentType(row.assessment_type),
            assessment_name=row.assessment_name,
            score=row.score,
            max_score=row.max_score,
            percentage=row.percentage,
            grade=grade,
            weight=row.weight,
            is_dropped=row.is_dropped,
            semester=row.semester,
            date=row.date,
            notes=row.notes,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class ResultList(Schema):
    """A page of results, the newest first."""

    results: list[ResultOut]
    pagination: Pagination


class ResultAnswer(Schema):
    """One result."""

    result: ResultOut
