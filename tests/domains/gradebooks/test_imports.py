"""POST /performance/results/bulk: our columns, Canvas, Moodle in five languages, bad rows, cost."""

from typing import Any

import pytest
from sqlalchemy import text

from studyhall.domains.grades.service import batches, results
from studyhall.platform.resources import Resources
from tests.domains.grades.conftest import Learner

HEAD = "course_code,assessment_type,assessment_name,score,max_score,weight,date,semester,notes"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (101),Final Exam (102),Essay: Draft (103),Current Score,Final Score
,,,,,Manual Posting,,,(read only),(read only)
"    Points Possible",,,,,20,100,50,(read only),(read only)
"Okafor, Mira",77,s1,mira@example.org,CS201-001,17.50,85,EX,86,60
"Student, Test",78,,t,CS201-001,1,1,1,1,1
"""
MOODLE = {
    "en": (
        "First name,Last name,ID number,Email address,Quiz: Graphs (Real),Quiz: Graphs (Percentage),"
        "Assignment: Essay (Real),Assignment: Essay (Feedback),Course total (Real),Last downloaded from this course\n"
        "Mira,Okafor,77,mira@example.org,8.50,85.00 %,-,Good,85.00,1730000000\n"
    ),
    "de": (
        "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Test:\u00a0Graphs (Punkte);Test:\u00a0Graphs (Prozentsatz);"
        "Aufgabe:\u00a0Essay (Punkte);Kurs gesamt (Punkte);Zuletzt aus diesem Kurs heruntergeladen\n"
        "Mira;Okafor;77;mira@example.org;8,50;85,00 %;-;85,00;1730000000\n"
    ),
    "es": (
        "Nombre,Apellido(s),Número de ID,Dirección de correo,Cuestionario:Graphs (Real),"
        "Cuestionario:Graphs (Porcentaje),Tarea:Essay (Real),Total del curso (Real),Última descarga de este curso\n"
        'Mira,Okafor,77,mira@example.org,"8,50","85,00 %",-,"85,00",1730000000\n'
    ),
    "fr": (
        "Prénom\tNom\tNuméro d’identification\tAdresse de courriel\tTest : Graphs (Brut)\tTest : Graphs (Pourcentage)\t"
        "Devoir : Essay (Brut)\tTotal du cours (Brut)\tDernier téléchargement depuis ce cours\n"
        "Mira\tOkafor\t77\tmira@example.org\t8,50\t85,00 %\t-\t85,00\t1730000000\n"
    ),
    "pt": (
        "Nome,Sobrenome,Número de identificação,Endereço de email,Questionário: Graphs (Real),"
        "Questionário: Graphs (Porcentagem),Tarefa: Essay (Real),Total do curso (Real),"
        "Último download realizado neste curso.\n"
        'Mira,Okafor,77,mira@example.org,"8,50","85,00 %",-,"85,00",1730000000\n'
    ),
}


@pytest.fixture
async def mira(learner: Any) -> Learner:
    made: Learner = await learner(name="Mira Okafor", email="mira@example.org")
    return made


async def told(mira: Learner, **query: Any) -> list[tuple[Any, ...]]:
    found = await mira.results(per_page=100, **query)
    keys = ("assessment_type", "assessment_name", "score", "max_score")
    return sorted(tuple(one[key] for key in keys) for one in found)


async def test_good_rows_land_and_bad_ones_are_told(mira: Learner, resources: Resources) -> None:
    await mira.course()
    rows = [
        "CS201,midterm,Midterm,85,100,30,2024-10-15,Fall 2024,well done",
        "cs 201,quiz,Quiz 1,9.5,10,,15.10.2024,,",
        "Data Structures & Algorithms,Final,,70,,40,2024-12-20,,",
        "XX999,quiz,Quiz,9,10,,2024-10-15,,",
        "CS201,quiz,Quiz 2,11,10,,2024-10-15,,",
        "CS201,quiz,Quiz 3,9,10,101,2024-10-15,,",
        "CS201,quiz,Quiz 4,9,10,,2024-02-30,,",
        "CS201,guess,Quiz 5,9,10,,2024-10-15,,",
        "CS201,quiz,Quiz 6,=1+1,10,,2024-10-15,,",
        "CS201,quiz,Quiz 7,,10,,2024-10-15,,",
        ",quiz,Quiz 8,9,10,,2024-10-15,,",
        "CS201,quiz,Quiz 9,9,10,30.01,2024-10-15,,",
        "CS201,quiz,Quiz 10,9,0,,2024-10-15,,",
        "CS201,quiz,Quiz 11,9,10,,,,",
        "CS201,quiz,Quiz 12,-1,10,,2024-10-15,,",
        "CS201,quiz,Quiz 1,9.5,10,,2024-10-15,,",
    ]
    told_of = await mira.upload("\r\n".join([HEAD, *rows]))
    assert (told_of["format"], told_of["total_uploaded"], told_of["successful"], told_of["failed"]) == (
        "studyhall", 16, 3, 13,
    )  # fmt: skip
    assert [one["row"] for one in told_of["errors"]] == list(range(5, 18))
    reasons = [one["error"] for one in told_of["errors"]]
    for reason, word in zip(
        reasons,
        ["Invalid course code", "over the maximum", "0 to 100", "does not exist", "guess", "not a number",
         "no score|missing",
         "course code is missing", "100.01 %", "more than 0", "date is missing", "at least 0", "recorded already"],
        strict=True,
    ):  # fmt: skip
        assert any(part in reason for part in word.split("|")), reason
    assert await told(mira) == [
        ("final", None, 70, 100), ("midterm", "Midterm", 85, 100), ("quiz", "Quiz 1", 9.5, 10),
    ]  # fmt: skip
    async with resources.unit_of_work() as uow:
        audited = await uow.session.execute(
            text("SELECT properties FROM activity_logs WHERE event = 'grades.imported' AND user_id = :user"),
            {"user": mira.id},
        )
        assert audited.scalar_one()["successful"] == 3


async def test_the_same_file_twice_changes_nothing(mira: Learner) -> None:
    await mira.course()
    content = f"{HEAD}\nCS201,quiz,Quiz 1,9,10,,2024-10-15,,\n"
    await mira.upload(content)
    again = await mira.upload(content, expect=200)
    assert (again["successful"], again["failed"]) == (0, 1)
    assert len(await mira.results()) == 1


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 422), ("only one column\n1\n", 422), (f"{HEAD}\n", 422),
        ("assessment_name,score,date\nQuiz,9,2024-10-15", 422),
        (b"PK\x03\x04" + b"\x00" * 50, 422), (b"a,b\n\x00,1", 422),
        (HEAD + "\n" + "CS201,quiz,Quiz,9,10,,2024-10-15,,\n" * 100_000, 413), (b"a,b\n" * 1_500_000, 413),
    ],
)  # fmt: skip
async def test_unreadable_files_are_refused_whole(mira: Learner, content: Any, status: int) -> None:
    await mira.course()
    refused = await mira.upload(content, expect=status)
    assert list(refused["errors"]) == ["file"]
    assert await mira.results() == []


async def test_a_course_taken_twice_is_told_apart_by_its_semester(mira: Learner) -> None:
    old, new = await mira.course(), await mira.course(semester="Fall 2025")
    rows = ["CS201,quiz,A,9,10,,2024-10-15,Fall 2024,", "CS201,quiz,B,8,10,,2025-10-15,fall 2025,",
            "CS201,quiz,C,8,10,,2025-10-15,,"]  # fmt: skip
    answer = await mira.upload("\n".join([HEAD, *rows]))
    assert [one["row"] for one in answer["errors"]] == [4]
    assert len(await mira.results(course_id=old)) == len(await mira.results(course_id=new)) == 1


class TestCanvas:
    async def test_the_export_as_it_comes(self, mira: Learner) -> None:
        await mira.course()
        answer = await mira.upload(CANVAS, date="2024-12-20")
        assert answer == {
            "format": "canvas", "total_uploaded": 2, "successful": 2, "failed": 0, "errors": [], "warnings": [],
        }  # fmt: skip
        assert await told(mira) == [("final", "Final Exam", 85, 100), ("quiz", "Quiz 1", 17.5, 20)]
        assert {one["date"] for one in await mira.results()} == {"2024-12-20"}
        assert {one["semester"] for one in await mira.results()} == {"Fall 2024"}

    async def test_only_my_row_of_a_class(self, mira: Learner) -> None:
        await mira.course()
        others = CANVAS + '"Lovelace, Ada",79,s2,ada@example.org,CS201-001,20,100,50,1,1\n'
        answer = await mira.upload(others)
        assert (answer["successful"], answer["errors"]) == (2, [{"row": 6, "error": "This row is another student's."}])
        assert await told(mira) == [("final", "Final Exam", 85, 100), ("quiz", "Quiz 1", 17.5, 20)]

    async def test_a_bad_cell_is_told_with_its_assignment(self, mira: Learner) -> None:
        course = await mira.course("Algebra", "M1")
        answer = await mira.upload(CANVAS.replace("17.50", "21").replace("EX", "good"), course_id=course)
        assert [one["row"] for one in answer["errors"]] == [4, 4]
        assert {one["error"].partition(":")[0] for one in answer["errors"]} == {"Quiz 1", "Essay"}
        assert answer["successful"] == 1

    async def test_the_course_must_be_known(self, mira: Learner) -> None:
        await mira.course("Algebra", "M1")
        assert list((await mira.upload(CANVAS, expect=422))["errors"]) == ["course_id"]
        await mira.upload(CANVAS, name="2024-12-20T1200_Grades-M1.csv")
        stranger = "01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f"
        await mira.upload(CANVAS, course_id=stranger, expect=404)


class TestMoodle:
    @pytest.mark.parametrize("language", MOODLE)
    async def test_the_export_as_it_comes(self, mira: Learner, language: str) -> None:
        course = await mira.course()
        answer = await mira.upload(MOODLE[language], course_id=course)
        assert (answer["format"], answer["successful"], answer["errors"]) == ("moodle", 1, [])
        assert await told(mira) == [("quiz", "Graphs", 8.5, 10)]

    async def test_without_percentages_the_maximum_is_assumed_and_said(self, mira: Learner) -> None:
        await mira.course()
        content = (
            "First name,Surname,Email address,Assignment: Essay (Real),Attendance,Last downloaded from this course\n"
            "Mira,Okafor,mira@example.org,72.00,9.00,1730000000\nAda,Lovelace,ada@example.org,1.00,1.00,1730000000\n"
        )
        answer = await mira.upload(content, name="CS201 Grades.csv")
        assert [one["row"] for one in answer["errors"]] == [3]
        assert "Essay" in answer["warnings"][0] and "Attendance" in answer["warnings"][0]
        assert await told(mira) == [("assignment", "Attendance", 9, 100), ("assignment", "Essay", 72, 100)]
        assert (await mira.upload(content, name="CS201.csv", semester="Spring 2025", max_score="80"))["successful"] == 2
        assert ("assignment", "Essay", 72, 80) in await told(mira, semester="Spring 2025")

    async def test_percentages_alone(self, mira: Learner) -> None:
        course = await mira.course()
        await mira.upload(
            "Vorname;Nachname;E-Mail-Adresse;Test: Graphs (Prozentsatz)\nA;B;a@b.de;87,25 %\n".encode("latin-1"),
            course_id=course,
        )
        assert await told(mira) == [("quiz", "Graphs", 87.25, 100)]


async def test_nobody_keeps_more_than_enough(mira: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    course = await mira.course()
    for module in (batches, results):
        monkeypatch.setattr(module, "MOST_RESULTS", 2)
    rows = "\n".join(f"CS201,quiz,Quiz {number},9,10,,2024-10-15,," for number in range(3))
    answer = await mira.upload(f"{HEAD}\n{rows}\n")
    assert (answer["successful"], [one["row"] for one in answer["errors"]]) == (2, [4])
    assert (await mira.score(course, 80, expect=409))["error_code"] == "TOO_MANY_RESULTS"


async def test_the_cost_does_not_grow(mira: Learner) -> None:
    await mira.course()
    counted = []
    for number in (1, 400):
        rows = [f"CS201,quiz,Quiz {number}-{at},9,10,,2024-10-15,," for at in range(number)]
        files = {"file": ("x.csv", "\n".join([HEAD, *rows]).encode(), "text/csv")}
        counted.append(await mira.statements("POST", "/performance/results/bulk", files=files))
    assert counted[0] == counted[1] <= 10
    assert (await mira.get("/performance/results"))["pagination"]["total"] == 401
