"""What courses look like from outside."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AliasChoices, Field, StringConstraints

from studyhall.domains.courses.models import DEFAULT_COLOR, DEFAULT_CREDITS, Course, Enrollment
from studyhall.domains.undo.public import Deleted
from studyhall.platform.web import Choice, Pagination, Schema

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Semester = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
AcademicYear = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
Credits = Annotated[int, Field(ge=1, le=6)]
# A colour's name or its hexadecimal form: it ends up in styles, so nothing else gets through.
Color = Annotated[str, StringConstraints(max_length=50, pattern=r"^(#[0-9A-Fa-f]{3,8}|[A-Za-z][A-Za-z0-9_-]*)$")]
Prerequisites = Annotated[list[Name], Field(max_length=50)]

NAME_OR_TITLE = AliasChoices("name", "title")


class Scope(Choice):
    """Which courses a list is of."""

    MINE = "mine"
    CATALOG = "catalog"


class Visibility(Choice):
    """Private to its owner, or in the catalogue."""

    PRIVATE = "private"
    PUBLISHED = "published"


class NewCourse(Schema):
    """A course of one's own, and how one takes it. `title` is accepted for `name`."""

    name: Name = Field(validation_alias=NAME_OR_TITLE, examples=["Data Structures & Algorithms"])
    code: Code = Field(examples=["CS201"])
    credits: Credits = DEFAULT_CREDITS
    instructor: Name | None = Field(None, examples=["Dr. Sarah Johnson"])
    description: Description | None = Field(None, examples=["Advanced data structures course"])
    prerequisites: Prerequisites = Field(default_factory=list)
    subject_id: UUID | None = Field(None, examples=[None])
    semester: Semester = Field(examples=["Fall 2024"])
    academic_year: AcademicYear | None = Field(None, examples=["2024/25"])
    color: Color = DEFAULT_COLOR


class CourseChanges(Schema):
    """Only the fields that are sent change. The first group is the course's, the second my own enrolment's.

    A default here is never read; it only lets a field be left out without letting it be null.
    """

    name: Name = Field(default_factory=str, validation_alias=NAME_OR_TITLE)
    code: Code = Field(default_factory=str)
    credits: Credits = Field(default_factory=int)
    instructor: Name | None = None
    description: Description | None = None
    prerequisites: Prerequisites = Field(default_factory=list)
    subject_id: UUID | None = Field(None, examples=[None])

    semester: Semester = Field(default_factory=str)
    academic_year: AcademicYear | None = None
    color: Color = Field(default_factory=str)
    is_active: bool = Field(default_factory=bool)


class NewEnrollment(Schema):
    """How I take a course."""

    semester: Semester | None = Field(None, examples=["Fall 2024"])
    academic_year: AcademicYear | None = Field(None, examples=["2024/25"])
    color: Color = DEFAULT_COLOR


class Statistics(Schema):
    """My figures in a course."""

    total_study_hours: float = Field(ge=0, description="Hours of all my study sessions for it, two decimals.")
    average_grade: float | None = Field(
        ge=0, description="Percent, by the weights of my results; null while nothing counts.", examples=[85]
    )
    results_count: int = Field(ge=0, examples=[3])
    chapters_count: int = Field(ge=0, examples=[12])
    chapters_completed: int = Field(ge=0, examples=[9])
    progress_percentage: float = Field(ge=0, le=100, description="Completed chapters of all.", examples=[75])


class CourseItem(Schema):
    """A course as the caller sees it; the fields of his enrolment are null when he does not take it."""

    id: UUID
    name: str
    title: str = Field(description="The same as name.")
    code: str
    credits: int
    instructor: str | None
    description: str | None
    prerequisites: list[str]
    subject_id: UUID | None
    chapters_count: int = Field(ge=0, examples=[12])
    visibility: Visibility
    published_at: datetime | None
    is_withdrawn: bool = Field(description="Its owner deleted it; I keep it until I leave.")
    is_owner: bool
    is_enrolled: bool
    semester: str | None
    academic_year: str | None
    color: str | None
    is_active: bool | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, course: Course, enrollment: Enrollment | None, viewer_id: UUID | None) -> Self:
        """The course in the eyes of the viewer."""
        return cls(
            id=course.id,
            name=course.name,
            title=course.name,
            code=course.code,
            credits=course.credits,
            instructor=course.instructor,
            description=course.description,
            prerequisites=course.prerequisites,
            subject_id=course.subject_id,
            chapters_count=course.chapters_count,
            visibility=Visibility(course.visibility),
            published_at=course.published_at,
            is_withdrawn=course.deleted_at is not None,
            is_owner=viewer_id is not None and course.owner_id == viewer_id,
            is_enrolled=enrollment is not None,
            semester=enrollment.semester if enrollment else None,
            academic_year=enrollment.academic_year if enrollment else None,
            color=enrollment.color if enrollment else None,
            is_active=enrollment.is_active if enrollment else None,
            version=course.version,
            created_at=course.created_at,
            updated_at=course.updated_at,
        )


class CourseDetail(CourseItem):
    """One course; with my statistics when I take it."""

    statistics: Statistics | None = None


class CourseList(Schema):
    """A page of courses."""

    courses: list[CourseItem]
    pagination: Pagination


class CourseAnswer(Schema):
    """One course."""

    course: CourseItem


class CourseDetailAnswer(Schema):
    """One course, in full."""

    course: CourseDetail


__all__ = [
    "CourseAnswer",
    "CourseChanges",
    "CourseDetail",
    "CourseDetailAnswer",
    "CourseItem",
    "CourseList",
    "Deleted",
    "NewCourse",
    "NewEnrollment",
    "Scope",
    "Statistics",
    "Visibility",
]
