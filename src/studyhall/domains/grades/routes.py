"""Performance over HTTP: results, averages, GPA, what is still needed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from studyhall.domains.grades.errors import TooManyResults
from studyhall.domains.grades.queries import ResultFilter
from studyhall.domains.grades.rules.averages import rounded, rounded_down, rounded_up
from studyhall.domains.grades.rules.gpa import BY_SEMESTER, BY_YEAR
from studyhall.domains.grades.schemas.figures import (
    BandOut,
    CourseGradingOut,
    GpaTrend,
    GradingChanges,
    GradingOut,
    Outlook,
    RemainingOut,
    Repeats,
    ScaleOut,
    SubjectFigures,
    SubjectList,
    Trend,
    TrendPeriod,
    TrendPoint,
    WhatIf,
    WhatIfAnswer,
)
from studyhall.domains.grades.schemas.results import (
    AssessmentType,
    NewResult,
    ResultAnswer,
    ResultChanges,
    ResultList,
    ResultOut,
)
from studyhall.domains.grades.service import figures, grading, results, what_if
from studyhall.domains.grades.service.grading import Grading
from studyhall.domains.grades.service.results import Shown
from studyhall.domains.grades.service.what_if import AheadAssessment, Answer, Left, OpenCourse
from studyhall.domains.scales.public import SCALES
from studyhall.domains.undo.public import Deleted
from studyhall.platform.errors import Invalid, NotFound
from studyhall.platform.web import CurrentActor, Envelope, Listing, Router, Uow, created, ok

router = Router("academics")

SemesterFilter = Annotated[str | None, Query(max_length=100, description="Only of that semester, e.g. Fall 2024.")]


@router.get("/performance/results", access="user", summary="My results")
async def list_results(
    uow: Uow,
    actor: CurrentActor,
    listing: Listing,
    *,
    course_id: UUID | None = None,
    semester: SemesterFilter = None,
    from_date: Annotated[date | None, Query(description="First day, included.")] = None,
    to_date: Annotated[date | None, Query(description="Last day, included.")] = None,
    assessment_type: AssessmentType | None = None,
) -> Envelope[ResultList]:
    """The newest first."""
    if from_date is not None and to_date is not None and to_date < from_date:
        raise Invalid.field("to_date", "The span ends before it begins.")
    kind = assessment_type.value if assessment_type else None
    found = await results.listed(uow, actor, ResultFilter(course_id, semester, from_date, to_date, kind), listing)
    return ok(ResultList(results=[_out(one) for one in found.rows], pagination=found.pagination))


@router.post(
    "/performance/results", access="user", summary="Add a result", status=201, errors=[NotFound, TooManyResults]
)
async def add_result(body: NewResult, uow: Uow, actor: CurrentActor) -> Envelope[ResultAnswer]:
    """The weights of one course and semester may come to 100 % at most."""
    found = await results.create(uow, actor, body.model_dump())
    return created(ResultAnswer(result=_out(found)), "Result added successfully")


@router.get("/performance/results/{result_id}", access="user", summary="One result")
async def get_result(result_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[ResultAnswer]:
    return ok(ResultAnswer(result=_out(await results.one(uow, actor, result_id))))


@router.put("/performance/results/{result_id}", access="user", summary="Change a result")
async def change_result(result_id: UUID, body: ResultChanges, uow: Uow, actor: CurrentActor) -> Envelope[ResultAnswer]:
    """Only the fields sent."""
    found = await results.change(uow, actor, result_id, body.model_dump(exclude_unset=True))
    return ok(ResultAnswer(result=_out(found)), "Result updated successfully")


@router.delete("/performance/results/{result_id}", access="user", summary="Delete a result")
async def delete_result(result_id: UUID, uow: Uow, actor: CurrentActor) -> Envelope[Deleted]:
    """Within ten minutes it can be taken back."""
    return ok(Deleted(undo_token=await results.delete(uow, actor, result_id)), "Result deleted successfully")


@router.get("/performance/gpa-trend", access="user", summary="My GPA over time")
async def get_gpa_trend(uow: Uow, actor: CurrentActor, period: TrendPeriod = TrendPeriod.ALL) -> Envelope[GpaTrend]:
    """A point for each semester, or for each year. Pass/fail courses and courses without credits stay out of it."""
    found = await figures.trend(uow, actor.user_id, BY_YEAR if period is TrendPeriod.YEAR else BY_SEMESTER)
    points = [
        TrendPoint(period=one.name, gpa=rounded(one.gpa.value), credits=rounded(one.gpa.credits))
        for one in found.periods
        if one.gpa.value is not None
    ]
    answer = GpaTrend(
        trend=points,
        current_gpa=None if found.current is None else rounded(found.current),
        cumulative_gpa=None if found.cumulative.value is None else rounded(found.cumulative.value),
        trend_direction=Trend(found.direction),
        credits_earned=rounded(found.credits_earned),
        scale=found.scale.key,
    )
    return ok(answer)


@router.get("/performance/subjects", access="user", summary="How my courses stand")
async def list_subjects(uow: Uow, actor: CurrentActor, semester: SemesterFilter = None) -> Envelope[SubjectList]:
    """By name; of a course taken several times the latest taking, unless a semester is asked for."""
    found = [
        SubjectFigures(
            course_id=one.course.id,
            course_name=one.course.name,
            course_code=one.course.code,
            average_score=None if one.average is None else rounded(one.average),
            grade=one.grade,
            total_assessments=one.assessments,
            trend=Trend(one.direction),
        )
        for one in await figures.subjects(uow, actor.user_id, semester)
    ]
    return ok(SubjectList(subjects=found))


@router.post("/performance/what-if", access="user", summary="What I still need for a target", errors=[NotFound])
async def solve_what_if(body: WhatIf, uow: Uow, actor: CurrentActor) -> Envelope[WhatIfAnswer]:
    """Solved exactly, and said when it is safe already or out of reach. Changes nothing."""
    if body.target_gpa is not None:
        opened = [OpenCourse(one.course_id, one.credits) for one in body.courses] if body.courses is not None else None
        return ok(_solved(await what_if.for_gpa_target(uow, actor, body.target_gpa, opened)))
    ahead = None
    if body.remaining is not None:
        ahead = [AheadAssessment(one.name, one.assessment_type, one.weight, one.max_score) for one in body.remaining]
    target = body.target_average if body.target_average is not None else str(body.target_grade)
    assert body.course_id is not None
    return ok(_solved(await what_if.for_course(uow, actor, body.course_id, target, body.semester, ahead)))


@router.get("/performance/grading", access="user", summary="My grade scale, and how my courses are graded")
async def get_grading(uow: Uow, actor: CurrentActor) -> Envelope[GradingOut]:
    """With every scale that can be chosen."""
    return ok(_grading_out(await grading.get(uow, actor)))


@router.put("/performance/grading", access="user", summary="Choose a scale; set credits, pass/fail, repetitions")
async def change_grading(body: GradingChanges, uow: Uow, actor: CurrentActor) -> Envelope[GradingOut]:
    """Only what is sent changes; of a course only the fields that are sent."""
    changed = await grading.change(uow, actor, body.model_dump(exclude_unset=True))
    return ok(_grading_out(changed), "Grading updated successfully")


def _out(one: Shown) -> ResultOut:
    return ResultOut.of(one.row, one.course, one.grade)


def _solved(answer: Answer) -> WhatIfAnswer:
    needed = answer.needed
    # The figure that is shown must suffice: more where more is better, less where less is.
    safely = rounded_up if not answer.is_gpa or answer.scale.higher_is_better else rounded_down
    return WhatIfAnswer(
        target=rounded(answer.target),
        target_grade=answer.target_grade,
        status=Outlook(needed.status),
        current=None if answer.current is None else rounded(answer.current),
        needed=None if needed.value is None else safely(needed.value),
        needed_grade=answer.needed_grade,
        worst_possible=None if needed.worst is None else rounded(needed.worst),
        best_possible=None if needed.best is None else rounded(needed.best),
        remaining=[_remaining(one, answer) for one in answer.remaining],
    )


def _remaining(one: Left, answer: Answer) -> RemainingOut:
    value = answer.needed.value
    return RemainingOut(
        name=one.name,
        course_id=one.course_id,
        assessment_type=AssessmentType(one.kind) if one.kind else None,
        weight=None if one.weight is None else rounded(one.weight),
        credits=None if one.credits is None else rounded(one.credits),
        max_score=None if one.max_score is None else rounded(one.max_score, 5),
        needed_score=None if one.max_score is None or value is None else rounded_up(one.max_score * value / 100),
    )


def _grading_out(found: Grading) -> GradingOut:
    scales = [
        ScaleOut(
            key=one.key,
            name=one.name,
            higher_is_better=one.higher_is_better,
            pass_percentage=rounded(one.pass_percentage),
            bands=[
                BandOut(grade=band.grade, lowest=rounded(band.lowest), points=rounded(band.points))
                for band in one.bands
            ],
        )
        for one in SCALES.values()
    ]
    rows = [CourseGradingOut.model_validate(row, from_attributes=True) for row in found.courses]
    return GradingOut(scale=found.scale, repeats=Repeats(found.repeats), courses=rows, scales=scales)
