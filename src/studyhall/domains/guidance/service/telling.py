"""The answer of a proposal."""

from collections.abc import Sequence
from datetime import timedelta

from studyhall.domains.courses.public import CourseBrief
from studyhall.domains.guidance.rules.demand import Wanted
from studyhall.domains.guidance.rules.engine import Placed
from studyhall.domains.guidance.rules.problem import MINUTES, Candidate, Priority
from studyhall.domains.guidance.rules.reasons import Reason, reasons, why_left
from studyhall.domains.guidance.schemas import (
    Block,
    CourseOut,
    LeftOver,
    Nothing,
    ProposedPlan,
    ReasonOut,
    SuggestedWeek,
)
from studyhall.domains.guidance.service.situation import Situation

LONGEST_TOPIC = 255
NOTES = {
    "optimal": None,
    "feasible": "The solver's time ran out: the best it found by then, perhaps not the best there is.",
    "greedy": "The solver's time ran out, so the blocks were placed one after the other: good, but not the best.",
}


def told(situation: Situation, placed: Placed | None) -> SuggestedWeek:
    """The situation with the blocks that were chosen; None when there was nothing to place."""
    chosen = placed.blocks if placed else []
    window = situation.window
    note = (
        NOTES["greedy" if placed.engine == "greedy" else "optimal" if placed.is_optimal else "feasible"]
        if placed
        else None
    )
    return SuggestedWeek(
        week_start=window.first,
        week_end=window.last,
        time_zone=situation.time_zone,
        engine=placed.engine if placed else None,
        is_optimal=placed.is_optimal if placed else True,
        engine_note=note,
        basis=situation.demand.basis,
        wanted_minutes=situation.demand.total,
        covered_minutes=situation.covered,
        proposed_minutes=sum(one.length for one in chosen) * MINUTES,
        knows_best_hours=situation.history is not None,
        blocks=_blocks(situation, chosen),
        left_over=_left_over(situation, chosen),
        nothing=None if chosen else _nothing(situation),
    )


def _blocks(situation: Situation, chosen: Sequence[Candidate]) -> list[Block]:
    left = [one.left for one in situation.wanted]
    days = [len({one.day for one in chosen if one.need == number}) for number in range(len(left))]
    blocks = []
    for one in chosen:
        wanted = situation.wanted[one.need]
        left[one.need] -= one.length * MINUTES
        found = reasons(
            situation.problem,
            wanted,
            one,
            left=left[one.need],
            days=days[one.need],
            basis=situation.demand.basis,
            history=situation.history,
        )
        blocks.append(_block(situation, wanted, one, found))
    return blocks


def _block(situation: Situation, wanted: Wanted, one: Candidate, found: Sequence[Reason]) -> Block:
    start, end = situation.problem.moment(one.start), situation.problem.moment(one.end)
    reason = " ".join(each.text for each in found)
    plan = ProposedPlan(
        course_id=wanted.course.id,
        topic=_topic(wanted),
        description=reason,
        date=one.day,
        start_time=situation.problem.wall(one.start).time(),
        planned_duration=(end - start) // timedelta(minutes=1),
        priority=_priority(wanted),
        study_type="review" if wanted.kind == "course" else "practice",
    )
    return Block(
        plan=plan,
        course=_course(situation.courses[wanted.course.id]),
        assignment_id=wanted.assignment.id if wanted.assignment else None,
        topic_id=wanted.topic.id if wanted.topic else None,
        starts_at=start,
        ends_at=end,
        reason=reason,
        reasons=[ReasonOut(kind=each.kind, text=each.text) for each in found],
    )


def _left_over(situation: Situation, chosen: Sequence[Candidate]) -> list[LeftOver]:
    found = []
    for number, wanted in enumerate(situation.wanted):
        minutes = wanted.left - MINUTES * sum(one.length for one in chosen if one.need == number)
        if minutes > 0:
            code, text = why_left(situation.problem, number, chosen)
            found.append(
                LeftOver(
                    course=_course(situation.courses[wanted.course.id]),
                    topic=_topic(wanted),
                    assignment_id=wanted.assignment.id if wanted.assignment else None,
                    minutes=minutes,
                    code=code,
                    text=text,
                )
            )
    return found


def _nothing(situation: Situation) -> Nothing:
    if not situation.courses:
        return Nothing(code="no_courses", text="You take no active course that time could be planned for.")
    if situation.problem.total <= 0 or not situation.wanted:
        return Nothing(code="all_covered", text="What these days ask for is planned or studied already.")
    if not situation.problem.free or not any(situation.problem.room[one.day] for one in situation.problem.free):
        return Nothing(code="no_free_time", text="Classes, plans and your limits leave no free time in these days.")
    return Nothing(code="nothing_fits", text="No free time is long enough, or early enough for what is due.")


def _topic(wanted: Wanted) -> str:
    if wanted.assignment is not None:
        return wanted.assignment.title[:LONGEST_TOPIC]
    return (wanted.topic.name if wanted.topic else wanted.course.name)[:LONGEST_TOPIC]


def _priority(wanted: Wanted) -> Priority:
    if wanted.assignment is not None:
        return wanted.assignment.priority
    return "medium"


def _course(brief: CourseBrief) -> CourseOut:
    return CourseOut(id=brief.id, name=brief.name, code=brief.code, color=brief.color)
