"""Readers and the writer of packages, without a database."""

import io
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.course_packages.rules import html_pages, links, own_course, reading
from studyhall.domains.course_packages.rules.markdown_course import heading_of, name_as_title, root_of
from studyhall.domains.course_packages.rules.own_course import OutChapter, OutCourse
from studyhall.domains.course_packages.rules.package import Losses, Package, PlacedDraft, Refused, link_key, with_ids
from studyhall.domains.course_packages.rules.quiz_files import of_folder
from studyhall.domains.questions.public import Choice, Choices, Draft, QuestionType, TrueFalse
from tests.domains.course_packages.packages import zipped


def read(files: dict[str, Any], name: str = "x.zip") -> Package:
    return reading.read(io.BytesIO(zipped(files)), name)[0]


def upper(address: str) -> str:
    return address.upper()


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("[a](b)", "[a](B)"),
        ('![a](b "t")', '![a](B "t")'),
        ("[a](<b c>)", "[a](B C)"),
        ("[a](b(c)d)", "[a](B(C)D)"),
        ("[![a](b)](c)", "[![a](B)](C)"),
        ("[a]: b 't'", "[a]: B 't'"),
        ("`[a](b)`", "`[a](b)`"),
        ("``x ` [a](b)``", "``x ` [a](b)``"),
        ("```\n[a](b)\n```\n[a](b)", "```\n[a](b)\n```\n[a](B)"),
        ("p\n\n    [a](b)\n", "p\n\n    [a](b)\n"),
        ('<img alt="x" src="b">', '<img alt="x" src="B">'),
        ("<a href='b'>", "<a href='B'>"),
        ("no (b) [a] (b)", "no (b) [a] (b)"),
        ("one ` tick [a](b)", "one ` tick [a](B)"),
    ],
)
def test_addresses_are_found_where_they_stand(text: str, changed: str) -> None:
    assert links.rewritten(text, upper) == changed


@given(st.text(alphabet="ab[]()!`<>\n \"'\\:~#-", max_size=200))
def test_a_text_without_other_addresses_stays_as_it_is(text: str) -> None:
    assert links.rewritten(text, lambda _: None) == text


@pytest.mark.parametrize("piece", ["](", "[a](b", "` ", "<img ", "[x]: ", "](<", "[a](b(", '<a href="', "``` "])
def test_hostile_texts_take_no_longer_than_others(piece: str) -> None:
    begun = time.perf_counter()
    links.rewritten((piece * 300_000)[:100_000], upper)
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize(
    ("address", "folder", "path"),
    [
        ("b.md", "a", ("a/b.md", "")),
        ("../b.md#x", "a", ("b.md", "#x")),
        ("/b.md", "a", ("b.md", "")),
        ("../../b.md", "a", None),
        ("./b%20c.md?raw=1", "", ("b c.md", "")),
        ("..", "a", ("", "")),
    ],
)
def test_addresses_mean_paths(address: str, folder: str, path: tuple[str, str] | None) -> None:
    assert links.inside(address, folder) == path


def test_titles_and_roots() -> None:
    assert heading_of("```\n# no\n```\nText\n\nA *great* [day](x)\n===\n") == "A great day"
    assert heading_of("## `x` <sup>1</sup> C# ##") == "x 1 C#"
    assert name_as_title("01-first_steps") == "First steps" and name_as_title("2024") == "2024"
    assert root_of(["a-main/lessons/1/x.md", "a-main/lessons/2/y.md", "__MACOSX/z"]) == "a-main/"
    assert root_of(["x.md", "b/y.md"]) == ""


def test_a_summary_orders_before_numbers_do() -> None:
    pages = {"b.md": "# B", "a.md": "# A", "c.md": "# C", "10.md": "# Ten", "9.md": "# Nine"}
    assert [one.title for one in read(pages).chapters] == ["Nine", "Ten", "A", "B", "C"]
    pages["SUMMARY.md"] = "* [C](c.md)\n* [B](b.md)\n"
    assert [one.title for one in read(pages).chapters] == ["C", "B", "Nine", "Ten", "A"]


def test_front_matter_orders_and_names() -> None:
    pages = {"a.md": "---\nweight: 2\n---\n# A", "b.md": "---\nweight: 1\ntitle: Bee\nx: [1]\n---\n# B", "c.md": "# C"}
    found = read(pages)
    assert [one.title for one in found.chapters] == ["Bee", "A", "C"]
    assert [one.name for one in found.losses] == ["x"] and not found.chapters[0].markdown.startswith("---")


@pytest.mark.parametrize("text", ["---\na: &a [*a]\n---\n# T", "---\n- 1\n---\n# T", "---\n{{{\n---\n# T", "---\n# T"])
def test_odd_front_matter_is_text(text: str) -> None:
    assert read({"a.md": text}).chapters[0].markdown == text


def test_texts_in_other_encodings() -> None:
    found = read(
        {"a.md": "# Café\n".encode("utf-16"), "b.md": "# Büro".encode("cp1252"), "c.md": b"\xef\xbb\xbf# C\r\n"}
    )
    assert [one.title for one in found.chapters] == ["Café", "Büro", "C"]
    assert [(one.kind, one.name) for one in found.losses] == [("changed", "b.md")]
    with pytest.raises(Refused, match="neither"):
        read({"a.md": b"\x00\x01"})


QUIZZES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "letters.json": ('[{"question": "Q", "options": ["x", "y"], "answer": "B"}]', [("single_choice", "y")]),
    "text.json": ('[{"text": "Q", "choices": ["x", "y"], "correct": "x"}]', [("single_choice", "x")]),
    "many.yaml": ("- question: Q\n  options: {a: x, b: y, c: z}\n  answer: [a, c]\n", [("multiple_choice", "x,z")]),
    "marks.yml": ("quiz:\n- q: Q\n  answers:\n  - text: x\n    correct: true\n  - text: y\n", [("single_choice", "x")]),
    "truth.json": ('{"questions": [{"question": "Q", "answer": true}]}', [("true_false", "True")]),
    "word.json": ('{"questions": [{"question": "Q", "answer": "2*3"}]}', [("short_answer", "2\\*3")]),
    "deck.json": ('{"name": "x", "version": "1"}', []),
    "broken.json": ("{", []),
    "bomb.yaml": ("a: &a [x]\nb: [*a, *a]\nquestions: [{question: Q, answer: true}]", []),
    "tag.yaml": ("!!python/object/apply:os.system ['x']", []),
}


@pytest.mark.parametrize("name", QUIZZES)
def test_quizzes_of_other_programs(name: str) -> None:
    content, expected = QUIZZES[name]
    found = of_folder([name], lambda _: content.encode(), set(), Losses())
    drafts = [draft for some in found.drafts.values() for draft in some]
    assert [(str(one.type), _right(one)) for one in drafts] == expected
    assert bool(found.files) == bool(expected)


def _right(draft: Draft) -> str:
    match draft.body:
        case Choices(choices):
            return ",".join(one.text for one in choices if one.credit > 0)
        case TrueFalse(right):
            return str(right)
        case body:
            return str(body.answers[0].pattern)  # type: ignore[union-attr]


def test_pages_of_cartridges_become_one_block_of_safe_html() -> None:
    made = html_pages.as_markdown("<p onload=x>a</p>\n\n   \n<pre>b\n\nc</pre><script>no\n\n</script><iframe></iframe>")
    assert made == "<div>\n<p>a</p>&#10;&#10;\n<pre>b&#10;\nc</pre>\n</div>"


def test_links_get_ids_only_where_chapters_are_meant() -> None:
    key = link_key("a")
    assert with_ids(f"chapter:{key} chapter:{'0' * 32} chapter:{key}0", {key: "ID"}) == (
        f"chapter:ID chapter:{'0' * 32} chapter:{key}0"
    )


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
KEYS = [f"{number:08d}-0000-7000-8000-000000000000" for number in range(4)]
PIECES = st.sampled_from(
    ["# T\n", "![x](image:a%20b.png)", "![y](image:z/w.png)", f"[l](chapter:{KEYS[0]}#s)", f"[m](chapter:{KEYS[2]})",
     "`[n](chapter:x)`", "```\n![x](image:a%20b.png)\n```\n", "[o](https://example.org)", "\n\n", "- a\n", "(b)", "|"]
)  # fmt: skip


@given(
    st.lists(st.tuples(TEXTS, st.lists(PIECES, max_size=8)), min_size=4, max_size=4),
    st.lists(st.tuples(TEXTS, st.sampled_from([None, "c0", "c3"])), max_size=4, unique_by=lambda one: one[0].strip()),
)
def test_what_goes_out_comes_in_the_same(
    written: list[tuple[str, list[str]]], asked: list[tuple[str, str | None]]
) -> None:
    chapters = [
        OutChapter(KEYS[number], f"c{number}", title, "".join(pieces), (("Maths", "Sets"),))
        for number, (title, pieces) in enumerate(written)
    ]
    body = Choices((Choice("a", Decimal(100)), Choice("b", Decimal("-33.3"))))
    questions = [
        PlacedDraft(
            Draft(QuestionType.SINGLE_CHOICE, text, body, tags=("t",), points=Decimal("2.5"), external_id=f"q{number}"),
            chapter,
        )
        for number, (text, chapter) in enumerate(asked)
        if text.strip()
    ]
    course = OutCourse("id", "Title", {"code": "C", "credits": 4}, chapters, ["a b.png", "z/w.png"], questions)
    texts, images = own_course.written(course)
    assert own_course.written(course) == (texts, images)
    package = read({**texts, **dict.fromkeys(images.values(), b"\x89PNG")})
    ids = {link_key(one.external_id): one.key for one in chapters}
    assert [(one.external_id, with_ids(one.markdown, ids)) for one in package.chapters] == [
        (one.external_id, one.markdown) for one in chapters
    ]
    assert package.questions == questions and set(package.images) == {"a b.png", "z/w.png"}
    assert package.fields == {"code": "C", "credits": 4} and list(package.losses) == []


@pytest.mark.parametrize(
    "manifest",
    [
        "[]",
        '{"format": "studyhall-course/1"}',
        '{"format": "studyhall-course/1", "title": "x", "id": "y", "chapters": [1]}',
        '{"format": "studyhall-course/1", "title": "x", "id": "y", "chapters": [], "images": [1]}',
        '{"format": "studyhall-course/1", ',
    ],
)
def test_a_manifest_that_is_none(manifest: str) -> None:
    with pytest.raises(Refused):
        read({"course.json": manifest + " " * 3 + "\n", "x.txt": "studyhall-course/1"})


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.md": "word " * 100 + "".join(map(str, range(70_000)))}, "most for a chapter"),
        ({f"{number}.md": "x" for number in range(2_001)}, "2,000 chapters"),
        ({"imsmanifest.xml": "<a>" * 100}, "deeply nested"),
        ({"imsmanifest.xml": "<manifest>"}, "broken XML"),
        ({"imsmanifest.xml": "<html/>"}, "is none"),
        ({"imsmanifest.xml": "<manifest/>"}, "neither pages nor questions"),
    ],
)
def test_too_much_and_too_broken(files: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        read(files)
