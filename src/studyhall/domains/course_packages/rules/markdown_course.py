"""A zip of Markdown folders, as courses stand in public repositories.

Every Markdown file is a chapter. A folder's README (or index) comes first, then files and folders in the order of the
numbers in their names, then its assignment; a SUMMARY.md or _sidebar.md, where there is one, decides before all that.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml  # type: ignore[import-untyped]

from studyhall.domains.course_packages.rules import links, quiz_files
from studyhall.domains.course_packages.rules.archive import Archive
from studyhall.domains.course_packages.rules.package import (
    LONGEST_TITLE,
    ChapterText,
    Kind,
    Losses,
    Package,
    PlacedDraft,
    Refused,
    lasting_id,
    link_key,
    shown,
)
from studyhall.domains.course_packages.rules.texts import Budget, bounded_text, text_of

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
PICTURES = IMAGES | {".svg", ".bmp", ".tif", ".tiff", ".ico", ".avif", ".heic"}
MARKDOWN = frozenset({".md", ".markdown"})
FIRST = frozenset({"readme", "index", "_index"})
CONTENTS = ("SUMMARY.md", "_sidebar.md")
# What repositories hold beside the course itself, at their root.
ABOUT = frozenset({
    "code_of_conduct", "contributing", "security", "support", "license", "changelog", "authors", "governance",
})  # fmt: skip
LONGEST_DESCRIPTION = 2_000

_HIDDEN = re.compile(r"(?:^|/)(?:\.[^/]+|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(?:/|$)")
_TRANSLATIONS = re.compile(r"(?:^|/)translat(?:ions?|ed_images)/", re.IGNORECASE)
_LANGUAGE = re.compile(r"^(.+)\.[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$|^(?=\S)(.+)\n {0,3}(?:=+|-{3,})[ \t]*$", re.MULTILINE)
_MARKS = re.compile(r"!\[[^\]]*\]\([^)]*\)|<[^<>]{1,200}>|[*`]|(?<!\w)_|_(?!\w)")
_LINKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_NUMBERED = re.compile(r"^[0-9]+(?:\.[0-9]+)*[-_. ]+(?=\S)")
_ORDER = ("weight", "order", "nav_order", "sidebar_position", "position")


@dataclass(slots=True)
class _Page:
    """A Markdown file on its way to a chapter."""

    path: str
    text: str
    title: str
    weight: float | None = None


@dataclass(slots=True)
class _Reader:
    archive: Archive
    root: str
    losses: Losses
    pages: dict[str, _Page] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    def content(self, path: str) -> bytes:
        return self.archive.read(self.root + path)


def read(archive: Archive, file_name: str) -> Package:
    """The course of a zip without a manifest. Raises Refused when there is nothing in it."""
    root = root_of(archive.paths)
    reader = _Reader(archive, root, Losses())
    paths = _carried(reader)
    for path in paths:
        if _ending(path) in MARKDOWN:
            _take_page(reader, path)
    quizzes = quiz_files.of_folder(paths, reader.content, set(reader.pages), reader.losses)
    for path in quizzes.pages:
        reader.pages.pop(path, None)
    known = {*paths, *(str(folder) for path in paths for folder in PurePosixPath(path).parents)}
    chapters = [_chapter(reader, page, known) for page in _in_order(reader)]
    if not chapters and not quizzes.drafts:
        raise Refused("The zip holds neither Markdown files nor questions: there is nothing to make a course of.")
    title, description = _of_course(reader, root, file_name)
    _tell_left(reader, paths, quizzes.files)
    return Package(
        format="markdown" if chapters else "questions",
        external_id=lasting_id("markdown", title),
        title=title,
        fields={"description": description} if description else {},
        chapters=chapters,
        images=dict(sorted(reader.images.items())),
        questions=[
            PlacedDraft(draft, _place(path, reader.pages))
            for path, drafts in quizzes.drafts.items()
            for draft in drafts
        ],
        losses=reader.losses,
    )


def root_of(paths: Sequence[str]) -> str:
    """The folders that all of it lies in, with a `/` at the end, or nothing; what systems add does not count."""
    wanted = [path for path in paths if not _HIDDEN.search(path)]
    if not wanted:
        return ""
    folders = [path.split("/")[:-1] for path in wanted]
    common: list[str] = []
    for segments in zip(*folders, strict=False):
        if len(set(segments)) > 1:
            break
        common.append(segments[0])
    # `lessons` is a part of the course, not its name.
    while common and not _is_wrapper(common[-1]):
        common.pop()
    return "".join(f"{one}/" for one in common)


def _is_wrapper(name: str) -> bool:
    return name.casefold() not in ("lessons", "chapters", "docs", "content", "src", "modules", "book")


def _carried(reader: _Reader) -> list[str]:
    """Paths below the root, without what belongs to other programs and other languages."""
    paths, translated = [], set()
    everything = {path.removeprefix(reader.root) for path in reader.archive.paths if path.startswith(reader.root)}
    for path in sorted(everything):
        if _HIDDEN.search(path):
            continue
        stem = PurePosixPath(path).stem
        if _is_translation(path, stem, everything):
            translated.add(path)
        elif "/" not in path and _ending(path) in {*MARKDOWN, ""} and stem.casefold() in ABOUT:
            reader.losses.add(Kind.FILE, path, "It is about the repository, not the course.", path)
        else:
            paths.append(path)
    for path in sorted(translated):
        reader.losses.add(Kind.FILE, path, "Translations are not carried; a course has one language.", path)
    return paths


def _is_translation(path: str, stem: str, everything: set[str]) -> bool:
    if _TRANSLATIONS.search(path):
        # The quiz programs of some courses keep even the original among the translations.
        return not (_ending(path) == ".json" and stem.casefold() == "en")
    language = _LANGUAGE.match(stem) if _ending(path) in MARKDOWN else None
    return language is not None and str(PurePosixPath(path).with_name(f"{language[1]}.md")) in everything


def _take_page(reader: _Reader, path: str) -> None:
    if path in CONTENTS:
        return
    text = bounded_text(reader.content(path), path, reader.losses, reader.budget)
    if text is None:
        return
    said, text = _front_matter(text, path, reader.losses)
    if not text.strip():
        reader.losses.add(Kind.CHAPTER, path, "The file is empty.", path)
        return
    given = said.get("title")
    title = shown(str(given), LONGEST_TITLE) if isinstance(given, str | int | float) else ""
    weight = next((said[name] for name in _ORDER if isinstance(said.get(name), int | float)), None)
    reader.pages[path] = _Page(path, text, title or heading_of(text) or _title_of_path(path), weight)


def _front_matter(text: str, path: str, losses: Losses) -> tuple[Mapping[str, Any], str]:
    """What stands in front of the text between `---` lines, and the text; what we have no place for is a loss."""
    found = _FRONT.match(text)
    if found is None or len(found[1]) > 20_000 or "&" in found[1]:
        return {}, text
    try:
        said = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(said, dict):
        return {}, text
    for name in said:
        if name not in ("title", *_ORDER):
            losses.add(Kind.SETTING, str(name), "We have no place for this entry of the front matter.", path)
    return {str(name): value for name, value in said.items()}, text[found.end() :].lstrip("\n")


def heading_of(text: str) -> str:
    """The first heading outside code, without marks; empty when there is none."""
    for piece, is_code in links.blocks(text):
        found = None if is_code else _HEADING.search(piece)
        if found is not None:
            said = _LINKED.sub(r"\1", _MARKS.sub("", found[1] or found[2]))
            return shown(re.sub(r"\\(?=[^\w\s])", "", said).strip(), LONGEST_TITLE)
    return ""


def _title_of_path(path: str) -> str:
    """`lessons/1-first-steps/README.md` is called "First steps"."""
    whole = PurePosixPath(path)
    name = whole.parent.name if whole.stem.casefold() in FIRST and whole.parent.name else whole.stem
    return name_as_title(name)


def name_as_title(name: str) -> str:
    """A file's or folder's name as people would write it."""
    words = re.sub(r"[-_]+", " ", _NUMBERED.sub("", name)).strip() or name
    return shown(words[:1].upper() + words[1:], LONGEST_TITLE)


def _in_order(reader: _Reader) -> list[_Page]:
    listed: dict[str, int] = {}
    for name in CONTENTS:
        if (reader.root + name) in reader.archive.paths:
            text = text_of(reader.content(name), name, reader.losses) or ""

            def note(address: str) -> None:
                found = None if links.has_scheme(address) else links.inside(address, "")
                if found is not None and found[0] in reader.pages:
                    listed.setdefault(found[0], len(listed))

            links.rewritten(text, note)
            break
    weights = {page.path: page.weight for page in reader.pages.values()}
    return sorted(
        reader.pages.values(), key=lambda page: (listed.get(page.path, len(listed)), _order_of(page.path, weights))
    )


def _order_of(path: str, weights: Mapping[str, float | None]) -> list[Any]:
    segments = path.split("/")
    key: list[Any] = []
    for depth, segment in enumerate(segments, 1):
        is_file = depth == len(segments)
        stem = PurePosixPath(segment).stem.casefold() if is_file else segment.casefold()
        here = "/".join(segments[:depth])
        weight = weights.get(here) if is_file else _weight_of_folder(here, weights)
        if is_file and stem in FIRST:
            rank = 0
        elif is_file and stem.startswith("assignment"):
            rank = 3
        else:
            rank = 1 if weight is not None else 2
        key.append((rank, weight or 0, natural(segment)))
    return key


def _weight_of_folder(folder: str, weights: Mapping[str, float | None]) -> float | None:
    return next((found for name in FIRST if (found := weights.get(f"{folder}/{name}.md")) is not None), None)


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts `2-b` before `10-a`."""
    return [
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece.casefold())
        for piece in re.split(r"(\d{1,9})", name)
        if piece
    ]


def _chapter(reader: _Reader, page: _Page, known: set[str]) -> ChapterText:
    """The page with its addresses made ours, and what it loses noted. `known` are all files and folders."""
    folder = str(PurePosixPath(page.path).parent)
    folder = "" if folder == "." else folder

    def change(address: str) -> str | None:
        if not address or address.startswith("#") or links.has_scheme(address):
            return None
        found = links.inside(address, folder)
        if found is None:
            _lose_link(reader.losses, page.path, address, "It leads out of the package.")
            return None
        return _within(reader, page.path, address, found, known)

    text = links.rewritten(page.text, change)
    for element, source in links.unshown(page.text):
        name = f"<{element}>{f' {source}' if source else ''}"
        reader.losses.add(Kind.HTML, name, "Chapters do not show this element of HTML.", page.path)
    return ChapterText(page.path, page.title, text)


def _within(reader: _Reader, page: str, address: str, found: tuple[str, str], known: set[str]) -> str | None:
    path, fragment = found
    if _ending(path) in PICTURES:
        if path in known and _ending(path) in IMAGES:
            reader.images[path] = reader.root + path
            return links.image_address(path)
        why = "Pictures of this kind are not taken." if path in known else "The image is not in the package."
        reader.losses.add(Kind.IMAGE, address, why, page)
        return None
    target = _page_at(path, reader.pages)
    if target is not None:
        return f"chapter:{link_key(target)}{fragment}"
    is_there = path in known
    _lose_link(
        reader.losses, page, address,
        "What it leads to is not carried." if is_there else "What it leads to is not in the package.",
    )  # fmt: skip
    return None


def _lose_link(losses: Losses, page: str, address: str, why: str) -> None:
    kind = Kind.IMAGE if _ending(address.partition("?")[0]) in PICTURES else Kind.LINK
    losses.add(kind, address, why, page)


def _page_at(path: str, pages: Mapping[str, _Page]) -> str | None:
    """The chapter that a path means: the file, or the README of a folder."""
    if path in pages:
        return path
    for name in ("README.md", "readme.md", "index.md", "_index.md"):
        inside = f"{path}/{name}" if path else name
        if inside in pages:
            return inside
    return f"{path}.md" if f"{path}.md" in pages else None


def _place(path: str, pages: Mapping[str, _Page]) -> str | None:
    """The chapter beside a quiz file: of the same name, or the nearest README above it but not that of the root."""
    beside = str(PurePosixPath(path).with_suffix(".md"))
    if beside in pages:
        return beside
    folder = PurePosixPath(path).parent
    while str(folder) not in (".", ""):
        found = _page_at(str(folder), pages)
        if found is not None:
            return found
        folder = folder.parent
    return None


def _of_course(reader: _Reader, root: str, file_name: str) -> tuple[str, str]:
    """Title and description: of the root's README, else by the names of folder and file."""
    first = _page_at("", reader.pages)
    stem = PurePosixPath(file_name).stem
    named = name_as_title(root.rstrip("/").rpartition("/")[2] or stem) or "Imported course"
    if first is None:
        return named, ""
    page = reader.pages[first]
    return page.title or named, _first_paragraph(page.text)


def _first_paragraph(text: str) -> str:
    for block in re.split(r"\n[ \t]*\n", text):
        plain = _LINKED.sub(r"\1", _MARKS.sub("", block)).strip()
        if plain and plain[0] not in "#>|-+[<!" and not plain.startswith("```") and "\n---" not in plain:
            return shown(plain, LONGEST_DESCRIPTION)
    return ""


def _tell_left(reader: _Reader, paths: Sequence[str], quizzes: set[str]) -> None:
    for path in paths:
        if path in reader.pages or path in reader.images or path in quizzes or path in CONTENTS:
            continue
        if _ending(path) in MARKDOWN:
            continue  # told where it was read
        if _ending(path) in PICTURES:
            reader.losses.add(Kind.IMAGE, path, "No chapter shows it.", path)
        else:
            reader.losses.add(Kind.FILE, path, "Only texts, images and questions are carried.", path)


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.casefold()
