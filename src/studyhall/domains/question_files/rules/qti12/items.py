"""One QTI item as its parts: what it says of itself, its text, its responses, its feedback."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from xml.etree.ElementTree import Element, tostring

from studyhall.domains.question_files.rules.notations import HTML, MARKDOWN, PLAIN, as_markdown, left_behind
from studyhall.domains.question_files.rules.trees import child_text, each, text_of

RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp", "response_extension")
MARKDOWN_TYPE = "text/markdown"


@dataclass(frozen=True, slots=True)
class Response:
    """What is to be answered.

    Attributes:
        prompt: its own text, as matching and blanks have.
        labels: texts to choose from by identifier, as Markdown.
    """

    ident: str
    tag: str
    cardinality: str
    prompt: str
    labels: dict[str, str]
    decimal: bool


@dataclass(slots=True)
class Item:
    """An item and what reading its texts left behind."""

    element: Element
    ident: str
    title: str
    about: dict[str, str]
    text: str = ""
    responses: list[Response] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def item_of(element: Element) -> Item:
    """The item's parts; texts as Markdown."""
    item = Item(element, element.get("ident", ""), element.get("title", ""), metadata(element))
    presentation = element.find("presentation")
    if presentation is not None:
        item.text = "\n\n".join(filter(None, (_material(one, item) for one in _outside_responses(presentation))))
        item.responses = [_response(one, item) for one in each(presentation, *RESPONSES)]
    for told in each(element, "itemfeedback"):
        said = "\n\n".join(filter(None, (_material(one, item) for one in each(told, "material"))))
        if said:
            item.feedback[told.get("ident", "")] = said
    return item


def metadata(element: Element) -> dict[str, str]:
    """Labels and entries of its own metadata, not of the items within."""
    found = {}
    for holder in (*element.findall("qtimetadata"), *element.findall("itemmetadata")):
        for one in each(holder, "qtimetadatafield"):
            found[child_text(one, "fieldlabel")] = child_text(one, "fieldentry")
        for one in holder:
            if len(one) == 0 and one.tag.startswith("qmd_"):
                found[one.tag] = text_of(one)
    return found


def _outside_responses(element: Element) -> Iterator[Element]:
    """Materials that are the question's own text."""
    for child in element:
        if child.tag == "material":
            yield child
        elif child.tag not in RESPONSES:
            yield from _outside_responses(child)


def _response(element: Element, item: Item) -> Response:
    labels = {}
    for label in each(element, "response_label"):
        said = " ".join(filter(None, (_material(one, item) for one in each(label, "material"))))
        labels[label.get("ident", "")] = said
    prompt = " ".join(filter(None, (_material(one, item) for one in element.findall("material"))))
    kinds = {one.get("fibtype", "") for one in each(element, "render_fib")}
    return Response(
        element.get("ident", ""),
        element.tag,
        element.get("rcardinality", "Single"),
        prompt,
        labels,
        bool(kinds & {"Decimal", "Integer", "Scientific"}) or element.tag == "response_num",
    )


def _material(element: Element, item: Item) -> str:
    """Its Markdown; an alternative in Markdown counts before the HTML that it is an alternative for."""
    for alternative in each(element, "altmaterial"):
        for text in each(alternative, "mattext"):
            if text.get("texttype") == MARKDOWN_TYPE:
                return "".join(text.itertext()).strip()
    parts = []
    for one in element.iter():
        if one.tag == "mattext":
            said = _inner(one)
            notation = _notation(one, said)
            item.remarks += left_behind(said) if notation == HTML else []
            parts.append(as_markdown(said, notation))
        elif one.tag.startswith("mat") and one.tag not in ("material", "matbreak", "mat_extension"):
            name = one.get("uri") or one.get("label") or one.tag
            item.remarks.append(f"The file {name} is not carried.")
    return "\n\n".join(filter(None, parts))


def _notation(element: Element, said: str) -> str:
    kind = element.get("texttype", "text/plain").lower()
    if kind == MARKDOWN_TYPE:
        return MARKDOWN
    return HTML if "html" in kind or len(element) or (kind != "text/plain" and "<" in said) else PLAIN


def _inner(element: Element) -> str:
    """Its text, or where it holds elements, their markup."""
    if not len(element):
        return element.text or ""
    return escape(element.text or "", quote=False) + "".join(tostring(one, encoding="unicode") for one in element)
