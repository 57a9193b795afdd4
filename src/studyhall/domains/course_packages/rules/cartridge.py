"""IMS Common Cartridge 1.0 to 1.3, Canvas exports among them, and IMS packages of nothing but QTI.

The organisation gives the order of chapters; pages that it does not name follow after it, as Canvas has many. Canvas
keeps the whole of a quiz beside the cartridge's own poorer form (`non_cc_assessments`); the whole one is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from studyhall.domains.course_packages.rules import html_pages, links, trees
from studyhall.domains.course_packages.rules.archive import Archive
from studyhall.domains.course_packages.rules.markdown_course import IMAGES, PICTURES, name_as_title
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
from studyhall.domains.course_packages.rules.quiz_files import of_question_file
from studyhall.domains.course_packages.rules.texts import Budget, bounded_text

MANIFEST = "imsmanifest.xml"
PAGES = frozenset({".html", ".htm", ".xhtml"})
_BASE = re.compile(r"(?:\$|%24)IMS[-_]CC[-_]FILEBASE(?:\$|%24)/*", re.IGNORECASE)
_WIKI = re.compile(r"(?:\$|%24)WIKI_REFERENCE(?:\$|%24)/(?:pages|wiki)/([^?#]+)", re.IGNORECASE)
_OBJECT = re.compile(r"(?:\$|%24)(?:CANVAS_(?:OBJECT|COURSE)_REFERENCE|[A-Z_-]{3,40})(?:\$|%24)")
_NOT_CARRIED = (
    ("imsdt", "Discussions are not carried."),
    ("imsbasiclti", "Tools of other providers (LTI) are not carried."),
    ("imscp_xmlv1p2/imscc", "Nested packages are not carried."),
    ("assignment_xmlv1p0", "Assignments of this kind are not carried."),
)
NO_PLACE = "Settings and other data of the system that it comes from."


@dataclass(frozen=True, slots=True)
class _Resource:
    id: str
    type: str
    href: str
    files: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def main(self) -> str:
        """Its file, where it names one."""
        return self.href or (self.files[0] if self.files else "")

    @property
    def is_quiz(self) -> bool:
        return "imsqti" in self.type or self.main.endswith(".xml.qti")


@dataclass(slots=True)
class _Reader:
    archive: Archive
    root: str
    resources: dict[str, _Resource]
    losses: Losses
    titles: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    images: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    page_ids: dict[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    def content(self, path: str) -> bytes:
        return self.archive.read(self.root + path)


def root_of(paths: list[str]) -> str | None:
    """The folder of the manifest, with a `/` at the end, or nothing for the top; None when there is no manifest."""
    found = [path for path in paths if path.rpartition("/")[2] == MANIFEST]
    return min(found, key=lambda path: path.count("/")).removesuffix(MANIFEST) if found else None


def read(archive: Archive, root: str, file_name: str) -> Package:
    """The course of a cartridge. Raises Refused."""
    manifest = trees.parsed(archive.read(root + MANIFEST), MANIFEST)
    if manifest.tag != "manifest":
        raise Refused("The manifest of the cartridge is none.")
    reader = _Reader(archive, root, _resources(manifest), Losses())
    reader.known = {path.removeprefix(root) for path in archive.paths if path.startswith(root)}
    reader.used.add(MANIFEST)
    for item in manifest.iterfind("organizations/organization"):
        _walk(reader, item)
    for one in reader.resources.values():
        if one.id not in reader.titles and (one.is_quiz or _is_page(one)):
            reader.order.append(one.id)
    _know_pages(reader)
    package = _package(reader, manifest, file_name)
    for id_ in reader.order:
        _take(reader, package, reader.resources[id_])
    package.images = dict(sorted(reader.images.items()))
    _tell_left(reader)
    if not package.chapters and not package.questions:
        raise Refused("The cartridge holds neither pages nor questions that can be carried.")
    return package


def _resources(manifest: Element) -> dict[str, _Resource]:
    found = {}
    for one in manifest.iterfind("resources/resource"):
        base = one.get("base", "") or ""
        files = tuple(base + file.get("href", "") for file in trees.each(one, "file") if file.get("href"))
        needs = tuple(need.get("identifierref", "") for need in trees.each(one, "dependency"))
        href = one.get("href") or ""
        id_ = one.get("identifier", "")
        found[id_] = _Resource(id_, one.get("type", "").casefold(), base + href if href else "", files, needs)
    return found


def _walk(reader: _Reader, element: Element) -> None:
    """Note the order of resources, and the modules that their items stand in."""
    for item in trees.each(element, "item"):
        title = shown(trees.text_of(item, "title"), LONGEST_TITLE)
        wanted = item.get("identifierref")
        if wanted is None and title and item.find("item") is not None:
            reader.losses.add(Kind.CHANGED, title, "A course has no modules: its chapters stand in one row.", MANIFEST)
        elif wanted is None and title:
            reader.losses.add(Kind.CHAPTER, title, "It is a heading or a link without content.", MANIFEST)
        elif wanted is not None and wanted not in reader.resources:
            reader.losses.add(Kind.CHAPTER, title or wanted, "The package does not hold what it names.", MANIFEST)
        elif wanted is not None and wanted not in reader.titles:
            reader.titles[wanted] = title
            reader.order.append(wanted)
        _walk(reader, item)


def _is_page(one: _Resource) -> bool:
    return PurePosixPath(one.main).suffix.casefold() in PAGES and not any(mark in one.type for mark, _ in _NOT_CARRIED)


def _know_pages(reader: _Reader) -> None:
    for id_ in reader.order:
        one = reader.resources[id_]
        if _is_page(one) and one.main in reader.known:
            reader.page_ids[one.main] = id_


def _package(reader: _Reader, manifest: Element, file_name: str) -> Package:
    titles = [
        trees.text_of(manifest, "metadata/lom/general/title/string"),
        trees.text_of(manifest, "metadata/lom/general/title/langstring"),
        trees.text_of(manifest, "organizations/organization/title"),
    ]
    fields: dict[str, object] = {}
    settings = "course_settings/course_settings.xml"
    if settings in reader.known:
        told = trees.parsed(reader.content(settings), settings)
        titles.insert(0, trees.text_of(told, "title"))
        code = shown(trees.text_of(told, "course_code"), 50)
        if code:
            fields["code"] = code
    described = trees.text_of(manifest, "metadata/lom/general/description/string")
    if described:
        fields["description"] = shown(described, 2_000)
    stem = PurePosixPath(file_name).stem
    title = shown(next((one for one in titles if one), ""), LONGEST_TITLE) or name_as_title(stem) or "Imported course"
    return Package(
        format="common_cartridge",
        external_id=lasting_id("cartridge", manifest.get("identifier", ""), title),
        title=title,
        fields=fields,
        losses=reader.losses,
    )


def _take(reader: _Reader, package: Package, one: _Resource) -> None:
    name = reader.titles.get(one.id) or one.main or one.id
    unsupported = next((why for mark, why in _NOT_CARRIED if mark in one.type), None)
    if unsupported is not None:
        reader.losses.add(Kind.CHAPTER, name, unsupported, one.main)
        reader.used.update(one.files)
    elif one.is_quiz:
        _take_quiz(reader, package, one)
    elif "imswl" in one.type:
        _take_link(reader, package, one)
    elif _is_page(one):
        _take_page(reader, package, one)
    elif one.main not in reader.known:
        reader.losses.add(Kind.CHAPTER, name, "Its file is not in the package.", one.main)
    elif PurePosixPath(one.main).suffix.casefold() not in IMAGES:
        reader.losses.add(Kind.FILE, name, "Only pages, images and questions are carried.", one.main)
        reader.used.add(one.main)


def _take_quiz(reader: _Reader, package: Package, one: _Resource) -> None:
    related = [*one.files, one.href, *(path for need in one.needs for path in _files_of(reader, need))]
    whole = f"non_cc_assessments/{one.id}.xml.qti"
    candidates = [whole, *(path for path in related if path.endswith((".xml.qti", ".xml", ".qti")))]
    content = [path for path in dict.fromkeys(candidates) if path in reader.known and not path.endswith("_meta.xml")]
    reader.used.update(path for path in related if path)
    reader.used.add(whole)
    if not content:
        reader.losses.add(Kind.QUESTION, reader.titles.get(one.id) or one.id, "Its file is not in the package.")
        return
    drafts = of_question_file(reader.content(content[0]), content[0], reader.losses, is_sure=True)
    reader.used.add(content[0])
    package.questions += [PlacedDraft(draft) for draft in drafts or ()]


def _files_of(reader: _Reader, id_: str) -> tuple[str, ...]:
    found = reader.resources.get(id_)
    return found.files if found else ()


def _take_link(reader: _Reader, package: Package, one: _Resource) -> None:
    reader.used.update(one.files)
    path = one.main
    if path not in reader.known:
        reader.losses.add(Kind.LINK, reader.titles.get(one.id) or one.id, "Its file is not in the package.", path)
        return
    said = trees.parsed(reader.content(path), path)
    url = said.find("url")
    address = (url.get("href") or "").strip() if url is not None else ""
    title = reader.titles.get(one.id) or shown(trees.text_of(said, "title"), LONGEST_TITLE) or address
    if not re.match(r"https?://[^\s<>]+$", address, re.IGNORECASE):
        reader.losses.add(Kind.LINK, title, "Its address is not one of the web.", path)
        return
    label = re.sub(r"([\\\[\]`*_<>])", r"\\\1", title)
    package.chapters.append(ChapterText(one.id, title, f"[{label}](<{address}>)\n"))


def _take_page(reader: _Reader, package: Package, one: _Resource) -> None:
    path = one.main
    reader.used.add(path)
    if path not in reader.known:
        reader.losses.add(Kind.CHAPTER, reader.titles.get(one.id) or path, "Its file is not in the package.", path)
        return
    html = bounded_text(reader.content(path), path, reader.losses, reader.budget)
    if html is None:
        return
    title = reader.titles.get(one.id) or html_pages.title_of(html) or name_as_title(PurePosixPath(path).stem)
    body = html_pages.body_of(html)
    for element, source in links.unshown(body):
        name = f"<{element}>{f' {source}' if source else ''}"
        reader.losses.add(Kind.HTML, name, "Chapters do not show this element of HTML.", path)
    text = html_pages.as_markdown(links.with_attributes(body, lambda address: _address(reader, path, address)))
    if not text:
        reader.losses.add(Kind.CHAPTER, title, "The page is empty.", path)
        return
    package.chapters.append(ChapterText(one.id, shown(title, LONGEST_TITLE), text))


def _address(reader: _Reader, page: str, address: str) -> str | None:
    """Another address for one in a page: an image of ours, a chapter of ours, or none."""
    wiki = _WIKI.search(address)
    if wiki is not None:
        return _chapter_at(reader, page, f"wiki_content/{wiki[1]}.html", address)
    if _OBJECT.search(_BASE.sub("", address)):
        reader.losses.add(Kind.LINK, address, "It leads to something that is not carried.", page)
        return ""
    if not address or address.startswith("#") or (links.has_scheme(address) and not _BASE.match(address)):
        return None
    in_base = _BASE.match(address) is not None
    folder = "web_resources" if in_base else str(PurePosixPath(page).parent).removeprefix(".")
    wanted = links.inside(_BASE.sub("", address), folder)
    if wanted is not None and in_base and wanted[0] not in reader.known:
        wanted = links.inside(_BASE.sub("", address), "")
    if wanted is None or wanted[0] not in reader.known:
        kind = Kind.IMAGE if PurePosixPath(address.partition("?")[0]).suffix.casefold() in PICTURES else Kind.LINK
        reader.losses.add(kind, address, "What it names is not in the package.", page)
        return None
    path, fragment = wanted
    if PurePosixPath(path).suffix.casefold() in IMAGES:
        reader.images[path] = reader.root + path
        reader.used.add(path)
        return links.image_address(path)
    return _chapter_at(reader, page, path + fragment, address)


def _chapter_at(reader: _Reader, page: str, wanted: str, address: str) -> str | None:
    path, mark, fragment = wanted.partition("#")
    if path in reader.page_ids:
        return f"chapter:{link_key(reader.page_ids[path])}{mark}{fragment}"
    reader.losses.add(Kind.LINK, address, "What it leads to is not carried.", page)
    return None


def _left(reader: _Reader) -> Iterator[tuple[str, str]]:
    for path in sorted(reader.known - reader.used - reader.images.keys()):
        if path.startswith(("course_settings/", "non_cc_assessments/")) or path.endswith("_meta.xml"):
            yield path, NO_PLACE
        elif PurePosixPath(path).suffix.casefold() in PICTURES:
            yield path, "No chapter shows it."
        else:
            yield path, "Only pages, images and questions are carried."


def _tell_left(reader: _Reader) -> None:
    for path, why in _left(reader):
        kind = Kind.SETTING if why is NO_PLACE else Kind.FILE
        reader.losses.add(kind, path, why, path)
