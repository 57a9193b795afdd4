"""GPA, courses, what is still needed, and grading through HTTP."""

from typing import Any

import pytest

from studyhall.domains.grades import public
from studyhall.platform.resources import Resources
from tests.domains.grades.conftest import Learner


async def graded(mira: Learner, name: str, semester: str, score: Any, credits: Any, day: str) -> str:
    """A course with one result and credits of its own."""
    course = await mira.course(name, name, semester=semester)
    await mira.grading(courses=[{"course_id": course, "credits": credits}])
    await mira.score(course, score, date=day, assessment_type="final")
    return course


@pytest.fixture
async def mira(learner: Any) -> Learner:
    made: Learner = await learner()
    return made


class TestTrend:
    async def test_nothing_yet(self, mira: Learner) -> None:
        assert await mira.get("/performance/gpa-trend") == {
            "trend": [], "current_gpa": None, "cumulative_gpa": None, "trend_direction": "stable",
            "credits_earned": 0, "scale": "us_4",
        }  # fmt: skip
        assert await mira.get("/performance/subjects") == {"subjects": []}

    async def test_the_example_of_the_specification(self, mira: Learner) -> None:
        for semester, day, good, fair in [
            ("Fall 2023", "2023-12-15", 3, 12), ("Spring 2024", "2024-05-15", 8, 8),
            ("Fall 2024", "2024-12-15", 9.75, 5.25),
        ]:  # fmt: skip
            await graded(mira, f"A {semester}", semester, 95, good, day)
            await graded(mira, f"B {semester}", semester, 85, fair, day)
        found = await mira.get("/performance/gpa-trend")
        assert found["trend"] == [
            {"period": "Fall 2023", "gpa": 3.2, "credits": 15},
            {"period": "Spring 2024", "gpa": 3.5, "credits": 16},
            {"period": "Fall 2024", "gpa": 3.65, "credits": 15},
        ]
        assert (found["current_gpa"], found["cumulative_gpa"], found["trend_direction"]) == (3.65, 3.45, "improving")
        assert await mira.get("/performance/gpa-trend", period="semester") == found
        by_year = (await mira.get("/performance/gpa-trend", period="year"))["trend"]
        assert by_year == [
            {"period": "2023", "gpa": 3.2, "credits": 15}, {"period": "2024", "gpa": 3.57, "credits": 31},
        ]  # fmt: skip
        await mira.get("/performance/gpa-trend", period="month", expect=422)

    async def test_pass_fail_and_zero_credits_stay_out(self, mira: Learner) -> None:
        await graded(mira, "Logic", "Fall 2024", 85, 4, "2024-12-15")
        await graded(mira, "Choir", "Fall 2024", 10, 0, "2024-12-15")
        sport = await graded(mira, "Sport", "Fall 2024", 61, 2, "2024-12-15")
        await mira.grading(courses=[{"course_id": sport, "grading": "pass-fail"}])
        found = await mira.get("/performance/gpa-trend")
        assert (found["cumulative_gpa"], found["trend"][0]["credits"], found["credits_earned"]) == (3, 4, 6)
        await mira.grading(courses=[{"course_id": sport, "final_grade": "fail"}])
        assert (await mira.get("/performance/gpa-trend"))["credits_earned"] == 4

    async def test_a_repeated_course_counts_once(self, mira: Learner) -> None:
        first = await graded(mira, "Maths", "Fall 2023", 95, 4, "2023-12-15")
        again = await graded(mira, "Maths again", "Fall 2024", 85, 4, "2024-12-15")
        assert (await mira.get("/performance/gpa-trend"))["cumulative_gpa"] == 3.5
        await mira.grading(courses=[{"course_id": again, "repeats_course_id": first}])
        figures = []
        for repeats in ("latest", "best", "all"):
            await mira.grading(repeats=repeats)
            found = await mira.get("/performance/gpa-trend")
            figures.append((found["cumulative_gpa"], found["credits_earned"]))
            assert [point["gpa"] for point in found["trend"]] == [4, 3]
        assert figures == [(3, 4), (4, 4), (3.5, 8)]
        circle = [{"course_id": first, "repeats_course_id": again}]
        assert list((await mira.grading(courses=circle, expect=422))["errors"]) == ["courses"]

    async def test_a_final_grade_counts_without_any_result(self, mira: Learner) -> None:
        old = await mira.course("Old", "O1", semester="Spring 2022")
        await graded(mira, "New", "Fall 2024", 95, 3, "2024-12-15")
        await mira.grading(courses=[{"course_id": old, "final_grade": "C", "credits": 3}])
        found = await mira.get("/performance/gpa-trend")
        assert [point["period"] for point in found["trend"]] == ["Spring 2022", "Fall 2024"]
        assert (found["current_gpa"], found["cumulative_gpa"]) == (4, 3)
        subjects = (await mira.get("/performance/subjects"))["subjects"]
        assert [(one["course_name"], one["grade"], one["total_assessments"]) for one in subjects] == [
            ("New", "A", 1), ("Old", "C", 0),
        ]  # fmt: skip

    async def test_the_scale_is_my_own(self, mira: Learner) -> None:
        course = await graded(mira, "Logik", "WS 2024/25", 87, 5, "2025-02-01")
        await graded(mira, "Algebra", "SS 2025", 72, 10, "2025-07-20")
        await mira.grading(scale="german")
        found = await mira.get("/performance/gpa-trend")
        assert [point["gpa"] for point in found["trend"]] == [1.7, 2.7]
        assert (found["cumulative_gpa"], found["trend_direction"], found["scale"]) == (2.37, "declining", "german")
        assert {one["grade"] for one in await mira.results()} == {"1.7", "2.7"}
        await mira.grading(courses=[{"course_id": course, "final_grade": "1,3"}])
        assert (await mira.get("/performance/gpa-trend"))["cumulative_gpa"] == 2.23
        await mira.grading(scale="percentage")
        assert (await mira.get("/performance/gpa-trend"))["cumulative_gpa"] == 78  # 1.3 begins at 90 %


class TestSubjects:
    async def test_averages_by_weight_and_trend(self, mira: Learner) -> None:
        one, other = await mira.course(), await mira.course("Logic", "PH1")
        for score, weight, day in [(70, 30, 1), (80, 30, 2), (95, 20, 3), (97, None, 4)]:
            await mira.score(one, score, weight=weight, date=f"2024-10-0{day}")
        await mira.score(other, 50)
        subjects = (await mira.get("/performance/subjects"))["subjects"]
        assert subjects[0] == {
            "course_id": one, "course_name": "Data Structures & Algorithms", "course_code": "CS201",
            "average_score": 83.4, "grade": "B", "total_assessments": 4, "trend": "improving",
        }  # fmt: skip
        assert (subjects[1]["average_score"], subjects[1]["trend"]) == (50, "stable")

    async def test_the_lowest_and_the_dropped_do_not_count(self, mira: Learner) -> None:
        course = await mira.course()
        for score in (40, 60, 80):
            await mira.score(course, score)
        await mira.score(course, 0, is_dropped=True)
        await mira.grading(courses=[{"course_id": course, "drop_lowest": {"quiz": 1}}])
        assert (await mira.get("/performance/subjects"))["subjects"][0]["average_score"] == 70

    async def test_a_semester_by_itself(self, mira: Learner) -> None:
        course = await mira.course()
        await mira.score(course, 40, date="2024-10-01")
        await mira.score(course, 90, semester="Fall 2025", date="2025-10-01")
        queries: list[dict[str, Any]] = [{}, {"semester": "Fall 2024"}, {"semester": "Fall 2020"}]
        averages = [
            [one["average_score"] for one in (await mira.get("/performance/subjects", **query))["subjects"]]
            for query in queries
        ]
        assert averages == [[90], [40], []]


class TestWhatIf:
    async def test_the_rest_of_a_course(self, mira: Learner) -> None:
        course = await mira.course()
        await mira.score(course, 80, weight=30)
        await mira.score(course, 70, weight=30)
        found = await mira.what_if(course_id=course, target_average=80)
        assert found == {
            "target": 80, "target_grade": None, "status": "reachable", "current": 75, "needed": 87.5,
            "needed_grade": "B+", "worst_possible": 45, "best_possible": 85,
            "remaining": [{
                "name": "What is left of the course", "course_id": None, "assessment_type": None, "weight": 40,
                "credits": None, "max_score": None, "needed_score": None,
            }],
        }  # fmt: skip
        assert (await mira.what_if(course_id=course, target_average=85.01))["status"] == "out_of_reach"
        assert (await mira.what_if(course_id=course, target_average=45))["status"] == "safe"
        assert (await mira.what_if(course_id=course, target_average=85))["needed"] == 100

    async def test_named_assessments_and_a_grade(self, mira: Learner) -> None:
        course = await mira.course()
        await mira.score(course, 80, weight=30)
        ahead = [
            {"name": "Project", "assessment_type": "project", "weight": 30, "max_score": 50},
            {"name": "Final Exam", "weight": 40},
        ]
        found = await mira.what_if(course_id=course, target_grade="a-", remaining=ahead)
        # (90 * 100 - 80 * 30) / 70, rounded up so that it suffices
        assert (found["target"], found["needed"], found["needed_grade"]) == (90, 94.29, "A")
        assert [(one["name"], one["needed_score"]) for one in found["remaining"]] == [
            ("Project", 47.15), ("Final Exam", None),
        ]  # fmt: skip
        ahead[1]["weight"] = 40.01
        assert list(
            (await mira.what_if(course_id=course, target_average=90, remaining=ahead, expect=422))["errors"]
        ) == ["remaining"]

    async def test_without_weights_what_is_left_must_be_named(self, mira: Learner) -> None:
        course = await mira.course()
        assert (await mira.what_if(course_id=course, target_average=60))["needed"] == 60
        await mira.score(course, 60)
        await mira.score(course, 70)
        await mira.what_if(course_id=course, target_average=80, expect=422)
        ahead = [{"name": "Quiz 3", "assessment_type": "quiz"}, {"name": "Quiz 4", "assessment_type": "quiz"}]
        assert (await mira.what_if(course_id=course, target_average=80, remaining=ahead))["needed"] == 95
        await mira.grading(courses=[{"course_id": course, "drop_lowest": {"quiz": 1}}])
        assert (await mira.what_if(course_id=course, target_average=80, remaining=ahead))["needed"] == 85

    async def test_a_finished_course_is_safe_or_lost(self, mira: Learner) -> None:
        course = await mira.course()
        await mira.score(course, 80, weight=100)
        for target, status in ((80, "safe"), (81, "out_of_reach")):
            found = await mira.what_if(course_id=course, target_average=target)
            assert (found["status"], found["needed"], found["remaining"]) == (status, None, [])

    async def test_a_gpa(self, mira: Learner) -> None:
        await graded(mira, "Done", "Fall 2023", 85, 10, "2023-12-15")
        await mira.course("Open", "OP1", credits=5)
        found = await mira.what_if(target_gpa=3.3)
        assert (found["status"], found["current"], found["needed"], found["needed_grade"]) == ("reachable", 3, 3.9, "A")
        assert (found["worst_possible"], found["best_possible"]) == (2, 3.33)
        assert [(one["name"], one["credits"]) for one in found["remaining"]] == [("Open", 5)]
        assert (await mira.what_if(target_gpa=3.34))["status"] == "out_of_reach"
        assert (await mira.what_if(target_gpa=2))["status"] == "safe"
        await mira.grading(scale="german")
        lower = await mira.what_if(target_gpa=1.53)
        # 2.0... of 87 % is 1.7 on ten credits: (1.53 * 15 - 17) / 5 would be 1.19, but 85 % is 1.7 as well
        assert (lower["status"], lower["needed"], lower["needed_grade"]) == ("reachable", 1.19, "1.0")

    async def test_a_running_course_is_replaced(self, mira: Learner) -> None:
        await graded(mira, "Done", "Fall 2023", 85, 10, "2023-12-15")
        running = await graded(mira, "Running", "Fall 2024", 20, 10, "2024-10-15")
        await mira.what_if(target_gpa=3.5, expect=422)
        found = await mira.what_if(target_gpa=3.5, courses=[{"course_id": running}])
        assert (found["current"], found["needed"]) == (1.5, 4)
        await mira.what_if(target_gpa=3.5, courses=[{"course_id": running}, {"course_id": running}], expect=422)

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"target_gpa": 3, "target_average": 80}, {"target_average": 80}, {"target_gpa": -1},
            {"target_gpa": 3, "remaining": []}, {"target_gpa": 1e300}, {"target_gpa": "NaN"},
        ],
    )  # fmt: skip
    async def test_unclear_questions_are_refused(self, mira: Learner, body: dict[str, Any]) -> None:
        await mira.what_if(**body, expect=422)

    async def test_unclear_questions_about_a_course_are_refused(self, mira: Learner) -> None:
        course = await mira.course()
        for body in (
            {}, {"target_gpa": 3}, {"target_average": 101}, {"target_average": 80, "target_grade": "A"},
            {"target_grade": "Z"}, {"target_average": 80, "courses": []},
            {"target_average": 80, "remaining": [{"name": "x", "weight": 101}]},
        ):  # fmt: skip
            await mira.what_if(course_id=course, **body, expect=422)


class TestGrading:
    async def test_choices_and_defaults(self, mira: Learner) -> None:
        found = await mira.get("/performance/grading")
        assert (found["scale"], found["repeats"], found["courses"]) == ("us_4", "latest", [])
        assert [scale["key"] for scale in found["scales"]][:3] == ["us_4", "german", "percentage"]
        assert found["scales"][0]["bands"][1] == {"grade": "A", "lowest": 93, "points": 4}
        course = await mira.course()
        changed = await mira.grading(
            courses=[{"course_id": course, "credits": 7.5, "drop_lowest": {"quiz": 1, "final": 0}}]
        )
        await mira.grading(courses=[{"course_id": course, "final_grade": "B+"}], repeats="best")
        kept = await mira.get("/performance/grading")
        assert kept["courses"] == [{**changed["courses"][0], "final_grade": "B+"}]
        assert (kept["courses"][0]["credits"], kept["courses"][0]["drop_lowest"]) == (7.5, {"quiz": 1})
        assert (kept["repeats"], kept["scale"]) == ("best", "us_4")

    async def test_bad_choices_are_named_and_nothing_changes(self, mira: Learner) -> None:
        course = await mira.course()
        changes: list[tuple[dict[str, Any], str]] = [
            ({"final_grade": "Z"}, "courses.0.final_grade"), ({"credits": -1}, "courses.0.credits"),
            ({"repeats_course_id": course}, "courses"),
            ({"drop_lowest": {"essay": 1}}, "courses.0.drop_lowest.essay.[key]"),
            ({"repeats_course_id": str(mira.id)}, "courses.0.repeats_course_id"),
            ({"final_grade": "pass"}, "courses.0.final_grade"), ({"grading": None}, "courses.0.grading"),
        ]  # fmt: skip
        for change, field in changes:
            refused = await mira.grading(courses=[{"course_id": course, **change}], scale="german", expect=422)
            assert list(refused["errors"]) == [field]
        assert list((await mira.grading(scale="roman", expect=422))["errors"]) == ["scale"]
        found = await mira.get("/performance/grading")
        assert (found["scale"], found["courses"]) == ("us_4", [])


async def test_the_headline_for_other_domains(mira: Learner, resources: Resources) -> None:
    async with resources.unit_of_work() as uow:
        assert await public.headline(uow, mira.id) == public.Headline(None, None, None, "stable")
    await graded(mira, "Done", "Fall 2023", 85, 10, "2023-12-15")
    await graded(mira, "Now", "Fall 2024", 90, 5, "2024-12-15")
    async with resources.unit_of_work() as uow:
        found = await public.headline(uow, mira.id)
    assert (found.overall_performance, str(found.gpa), str(found.cumulative_gpa), found.trend) == (
        88, "3.70", "3.23", "improving",
    )  # fmt: skip
