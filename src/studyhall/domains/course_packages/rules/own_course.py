"""Our own packages: Markdown, images and questions as files that anybody can read, and a manifest for the rest.

What is written is the same bytes for the same course. What is read again is the same course: addresses are made
relative on the way out and ours again on the way in, everything else stays as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

import orjson
from pydantic import ValidationError

from studyhall.domains.course_packages.rules import links
from studyhall.domains.course_packages.rules.archive import Archive
from studyhall.domains.course_packages.rules.package import (
    LONGEST_ID,
    ChapterText,
    Kind,
    Losses,
    Package,
    PlacedDraft,
    Refused,
    link_key,
    shown,
)
from studyhall.domains.course_packages.rules.texts import Budget, bounded_text
from studyhall.domains.questions.public import Draft, Feedback, QuestionType, body_json, body_of, faults

MANIFEST = "course.json"
FORMAT = "studyhall-course/1"
QUESTIONS = "questions.json"
TEXT_FIELDS = {"code": 50, "instructor": 255, "description": 10_000, "subject": 255}
MOST_ITEMS = 20_000
_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
_TEXTS = frozenset({"general", "correct", "partial", "incorrect"})


@dataclass(frozen=True, slots=True)
class OutChapter:
    """A chapter on its way out; `key` is what links in other chapters call it: its id."""

    key: str
    external_id: str
    title: str
    markdown: str
    topics: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OutCourse:
    """A course on its way out; `images` are the names of its images."""

    external_id: str
    title: str
    fields: Mapping[str, Any]
    chapters: Sequence[OutChapter]
    images: Sequence[str]
    questions: Sequence[PlacedDraft] = field(default_factory=tuple)


def is_own(archive: Archive, root: str) -> bool:
    """Whether the manifest there says so."""
    path = root + MANIFEST
    return path in archive.paths and archive.size(path) < 20_000_000 and FORMAT.encode() in archive.read(path)


def written(course: OutCourse) -> tuple[dict[str, bytes], dict[str, str]]:
    """The texts of the package by their paths, and for each image's name the path that its bytes belong at."""
    paths = _chapter_paths(course.chapters)
    images = _image_paths(course.images)
    files = {paths[one.key]: _outwards(one.markdown, paths, images).encode(errors="replace") for one in course.chapters}
    manifest = {
        "format": FORMAT,
        "id": course.external_id,
        "title": course.title,
        **{name: value for name, value in course.fields.items() if value not in (None, "", [])},
        "chapters": [
            {
                "path": paths[one.key], "id": one.external_id, "title": one.title,
                "topics": [list(topic) for topic in one.topics],
            }
            for one in course.chapters
        ],
        "images": {path: name for name, path in images.items()},
    }  # fmt: skip
    files[MANIFEST] = orjson.dumps(manifest, option=_INDENTED)
    if course.questions:
        files[QUESTIONS] = orjson.dumps([_question_out(one) for one in course.questions], option=_INDENTED)
    return files, images


def _chapter_paths(chapters: Sequence[OutChapter]) -> dict[str, str]:
    width = max(2, len(str(len(chapters))))
    return {
        one.key: f"chapters/{number:0{width}}-{slug(one.title) or 'chapter'}.md"
        for number, one in enumerate(chapters, 1)
    }


def slug(text: str) -> str:
    """Letters, digits and hyphens that any system takes in a file name."""
    words = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return words[:60].strip("-")


def _image_paths(names: Sequence[str]) -> dict[str, str]:
    """Every name gets a path of its own that any system can hold."""
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        whole = PurePosixPath(re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-."))
        stem, ending = whole.stem[:80] or "image", whole.suffix[:10]
        path, number = f"images/{stem}{ending}", 1
        while path.casefold() in taken:
            number += 1
            path = f"images/{stem}-{number}{ending}"
        taken.add(path.casefold())
        paths[name] = path
    return paths


def _outwards(markdown: str, paths: Mapping[str, str], images: Mapping[str, str]) -> str:
    def change(address: str) -> str | None:
        if address.startswith("image:"):
            name = unquote(address.removeprefix("image:"))
            # Only what comes back as it was is changed.
            is_plain = name in images and links.image_address(name) == address
            return f"../{quote(images[name], safe='/')}" if is_plain else None
        if address.startswith("chapter:"):
            key, mark, fragment = address.removeprefix("chapter:").partition("#")
            return f"{paths[key].rpartition('/')[2]}{mark}{fragment}" if key in paths else None
        return None

    return links.rewritten(markdown, change)


def _question_out(one: PlacedDraft) -> dict[str, Any]:
    draft = one.draft
    said = {name: getattr(draft.feedback, name) for name in sorted(_TEXTS)}
    return {
        "id": draft.external_id,
        "type": str(draft.type),
        "title": draft.title,
        "text": draft.text,
        "body": body_json(draft.type, draft.body),
        "feedback": {name: text for name, text in said.items() if text},
        "points": str(draft.points.normalize()),
        "tags": list(draft.tags),
        "category": draft.category,
        "chapter": one.chapter,
        "topics": [list(topic) for topic in one.topics],
    }


def read(archive: Archive, root: str) -> Package:
    """The course of one of our own packages. Raises Refused when the manifest is not as we write it."""
    manifest = _json(archive.read(root + MANIFEST), MANIFEST)
    losses = Losses()
    listed, images = manifest.get("chapters"), manifest.get("images") or {}
    title, external_id = manifest.get("title"), manifest.get("id")
    if not (isinstance(title, str) and isinstance(external_id, str) and isinstance(listed, list)):
        raise Refused(f"{MANIFEST} lacks the title, the id or the chapters.")
    if not isinstance(images, dict) or len(listed) > MOST_ITEMS or len(images) > MOST_ITEMS:
        raise Refused(f"{MANIFEST} lists images or chapters in a way that is not understood.")
    present = set(archive.paths)
    names = {path: name for path, name in images.items() if _is_name(name) and root + path in present}
    for path in images.keys() - names.keys():
        losses.add(Kind.IMAGE, str(path), "The image is not in the package.", MANIFEST)
    package = Package("studyhall", shown(external_id, LONGEST_ID), shown(title, 255), losses=losses)
    package.fields = _fields(manifest, losses)
    package.images = {name: root + path for path, name in sorted(names.items())}
    budget = Budget()
    pages = [one for one in listed if _is_listed(one, losses, present, root)]
    keys = {one["path"]: link_key(one["id"]) for one in pages}
    for one in pages:
        text = bounded_text(archive.read(root + one["path"]), one["path"], losses, budget)
        if text is not None:
            text = _inwards(text, one["path"], names, keys)
            package.chapters.append(
                ChapterText(one["id"].replace("\x00", ""), shown(one["title"], 255), text, _topics(one.get("topics")))
            )
    if root + QUESTIONS in present:
        package.questions = list(_questions_in(archive.read(root + QUESTIONS), losses))
    used = {MANIFEST, QUESTIONS, *names, *keys}
    for path in sorted(one.removeprefix(root) for one in present):
        if path not in used:
            losses.add(Kind.FILE, path, f"{MANIFEST} does not list it.", path)
    return package


def _json(content: bytes, path: str) -> dict[str, Any]:
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Refused(f"{path} is not JSON.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Refused(f"{path} is of another version than {FORMAT}.")
    return data


def _is_listed(one: Any, losses: Losses, present: set[str], root: str) -> bool:
    if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in ("path", "id", "title")):
        raise Refused(f"{MANIFEST} has a chapter without path, id or title.")
    if root + one["path"] in present:
        return True
    losses.add(Kind.CHAPTER, one["title"], "Its file is not in the package.", one["path"])
    return False


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.isprintable() and 0 < len(name) <= LONGEST_ID


def _fields(manifest: Mapping[str, Any], losses: Losses) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, longest in TEXT_FIELDS.items():
        value = manifest.get(name)
        plain = value.replace("\x00", " ").strip() if isinstance(value, str) else ""
        if isinstance(value, str) and plain:
            # A description keeps its lines as they are; the others are names.
            fields[name] = value.replace("\x00", "")[:longest] if name == "description" else plain[:longest]
            if len(value) > longest:
                losses.add(Kind.CHANGED, name, f"It was cut after {longest:,} characters.", MANIFEST)
    credits = manifest.get("credits")
    if isinstance(credits, int) and not isinstance(credits, bool) and 1 <= credits <= 6:
        fields["credits"] = credits
    needed = manifest.get("prerequisites")
    if isinstance(needed, list):
        fields["prerequisites"] = [plain for one in needed[:50] if isinstance(one, str) and (plain := shown(one, 255))]
    return fields


def _topics(data: Any) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(data, list):
        return None
    return tuple(
        (shown(one[0], 255), shown(one[1], 255))
        for one in data[:100]
        if isinstance(one, list) and len(one) == 2 and all(isinstance(name, str) for name in one)
    )


def _inwards(text: str, page: str, names: Mapping[str, str], keys: Mapping[str, str]) -> str:
    folder = page.rpartition("/")[0]

    def change(address: str) -> str | None:
        if not address or address.startswith("#") or links.has_scheme(address):
            return None
        found = links.inside(address, folder)
        if found is None:
            return None
        path, fragment = found
        if path in names:
            return links.image_address(names[path])
        return f"chapter:{keys[path]}{fragment}" if path in keys else None

    return links.rewritten(text, change)


def _questions_in(content: bytes, losses: Losses) -> Iterator[PlacedDraft]:
    try:
        data = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Refused(f"{QUESTIONS} is not JSON.") from error
    if not isinstance(data, list) or len(data) > MOST_ITEMS:
        raise Refused(f"{QUESTIONS} is no list, or a longer one than {MOST_ITEMS:,}.")
    for number, one in enumerate(data, 1):
        where = f"{QUESTIONS} question {number}"
        draft = _question_of(one)
        wrong = [("", "It is not written as we write questions.")] if draft is None else faults(draft)
        for _, why in wrong:
            losses.add(Kind.QUESTION, where if draft is None else draft.title or draft.text, why, where)
        if draft is not None and not wrong:
            chapter = one.get("chapter")
            topics = _topics(one.get("topics")) or ()
            yield PlacedDraft(draft, chapter if isinstance(chapter, str) else None, topics)


def _question_of(one: Any) -> Draft | None:
    if not isinstance(one, dict):
        return None
    try:
        type_ = QuestionType(one["type"])
        feedback = {name: text for name, text in one.get("feedback", {}).items() if name in _TEXTS}
        texts = [one["text"], one.get("title", ""), one.get("category", ""), *feedback.values(), *one.get("tags", ())]
        if not all(isinstance(text, str) for text in texts):
            return None
        draft = Draft(
            type_,
            one["text"],
            body_of(type_, one["body"]),
            title=one.get("title", ""),
            feedback=Feedback(**feedback),
            points=Decimal(one.get("points", "1")),
            tags=tuple(one.get("tags", ())),
            category=one.get("category", ""),
        )
    except (ValidationError, InvalidOperation, KeyError, TypeError, ValueError, AttributeError):
        return None
    named = one.get("id")
    return replace(draft, external_id=named[:LONGEST_ID]) if isinstance(named, str) and named else draft
