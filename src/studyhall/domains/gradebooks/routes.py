"""POST /performance/results/bulk."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, UploadFile
from starlette.responses import Response

from studyhall.domains.gradebooks import service
from studyhall.domains.gradebooks.errors import UnreadableGradebook
from studyhall.domains.gradebooks.rules.sheet import MOST_BYTES
from studyhall.domains.gradebooks.schemas import Imported, RowError
from studyhall.domains.gradebooks.service import Source
from studyhall.domains.grades.public import FIRST_DATE, LAST_DATE
from studyhall.platform.errors import NotFound, TooLarge
from studyhall.platform.web import CurrentActor, Envelope, Router, Uow, created

router = Router("academics")

TheFile = Annotated[UploadFile, File(description="CSV: our columns, or a gradebook as Canvas or Moodle exports it.")]
OfCourse = Annotated[UUID | None, Form(description="The course of a gradebook.")]
InSemester = Annotated[str | None, Form(max_length=100, description="For rows that name none.")]
OnDay = Annotated[
    date | None,
    Form(alias="date", ge=FIRST_DATE, le=LAST_DATE, description="For the scores of a gradebook; else today."),
]
OutOf = Annotated[
    Decimal | None, Form(gt=0, max_digits=11, decimal_places=5, description="Where a gradebook tells no maximum.")
]


@router.post(
    "/performance/results/bulk",
    access="user",
    summary="Add results from a CSV file",
    status=201,
    upload=True,
    errors=[UnreadableGradebook, TooLarge, NotFound],
)
async def import_results(
    uow: Uow,
    actor: CurrentActor,
    response: Response,
    *,
    file: TheFile,
    course_id: OfCourse = None,
    semester: InSemester = None,
    day: OnDay = None,
    max_score: OutOf = None,
) -> Envelope[Imported]:
    """Columns: course_code, score and date; also assessment_type, assessment_name, max_score, weight, grade, semester,
    notes, dropped. Good rows land, each other row is answered by its number and reason; 200 when none landed. Of a
    gradebook of several students only my own row is taken."""
    content = await file.read(MOST_BYTES + 1)
    name = (file.filename or "")[:255]
    source = Source(content, name, course_id, (semester or "").strip() or None, day, max_score)
    outcome = await service.take_file(uow, actor, source)
    response.status_code = 201 if outcome.successful else 200
    answer = Imported(
        format=outcome.format,
        total_uploaded=outcome.total,
        successful=outcome.successful,
        failed=len(outcome.faults),
        errors=[RowError(row=one.row, error=one.error) for one in outcome.faults],
        warnings=list(outcome.warnings),
    )
    return created(answer, "Results uploaded successfully" if outcome.successful else "No row could be taken")
