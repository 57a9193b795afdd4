"""QTI 1.2 to drafts."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from studyhall.domains.question_files.rules.outcome import Kind, Outcome, Paper, Report, TooMany, too_large
from studyhall.domains.question_files.rules.qti12.bodies import Unreadable, bodies
from studyhall.domains.question_files.rules.qti12.items import Item, item_of, metadata
from studyhall.domains.question_files.rules.trees import NotXml, each, parsed, text_of
from studyhall.domains.questions.public import Draft, Feedback, number_of

GENERAL, CORRECT, PARTIAL, INCORRECT = "general_fb", "correct_fb", "partial_fb", "general_incorrect_fb"


def read(content: bytes) -> Outcome:
    """The questions of a QTI file, with the assessments that they stand in. Never raises."""
    refused = too_large(content)
    if refused is not None:
        return refused
    try:
        root, remark = parsed(content)
    except NotXml as error:
        return Outcome(problem=str(error))
    if root.tag != "questestinterop":
        return Outcome(problem=f"This is no QTI 1.2 file: its outermost element is <{root.tag[:60]}>.")
    report = Report()
    if remark is not None:
        report.lose(Kind.FILE, "encoding", remark)
    try:
        return report.outcome(_read_all(root, report))
    except TooMany as error:
        return Outcome(problem=str(error))


def _read_all(root: Element, report: Report) -> list[Paper]:
    papers: list[Paper] = []
    for holder in root:
        if holder.tag in ("assessment", "objectbank", "section"):
            papers += _holder(holder, report)
        elif holder.tag == "item":
            _read_item(holder, "", report)
    return papers


def _holder(holder: Element, report: Report) -> Iterator[Paper]:
    """An assessment becomes a paper; of a bank the name becomes the category of its questions."""
    about = metadata(holder)
    is_paper = holder.tag == "assessment"
    title = holder.get("title") or about.get("bank_title", "")
    names = []
    for category, element in _sections(holder, "" if is_paper else title, report):
        names += _read_item(element, category, report)
    if is_paper:
        _lose_settings(holder, about, title, report)
        yield Paper(title, holder.get("ident", ""), tuple(names))


def _sections(holder: Element, category: str, report: Report) -> Iterator[tuple[str, Element]]:
    """Items with the path of titled sections that they stand in."""
    for child in holder:
        if child.tag == "item":
            yield category, child
        elif child.tag == "section":
            title = child.get("title", "").strip()
            for drawn in child.findall("selection_ordering"):
                number = "".join(text_of(one) for one in each(drawn, "selection_number")) or "some"
                source = "".join(text_of(one) for one in each(drawn, "sourcebank_ref"))
                of = f" of the bank {source}" if source else ""
                why = f"Questions are drawn by lot here ({number}{of}); all of the section's own are carried."
                report.lose(Kind.CHANGED, title or child.get("ident", "section"), why, child.get("ident", ""))
            inner = f"{category}/{title}".strip("/") if title else category
            yield from _sections(child, inner, report)


def _lose_settings(holder: Element, about: dict[str, str], title: str, report: Report) -> None:
    kept = {"cc_profile", "qmd_assessmenttype", "qmd_scoretype", "bank_title"}
    for name, value in about.items():
        if name not in kept and value:
            why = f"The setting {name[:60]} ({value[:60]}) of the test is not carried."
            report.lose(Kind.PART, title, why, holder.get("ident", ""))


def _read_item(element: Element, category: str, report: Report) -> list[str]:
    """Takes the item's question or questions; answers their external ids."""
    item = item_of(element)
    name = item.title if not item.text else f"{item.title}: {item.text}".strip(": ")
    where = f"item {item.ident}"
    external = item.about.get("assessment_question_identifierref") or item.ident
    try:
        made = bodies(item)
    except Unreadable as error:
        report.lose(Kind.QUESTION, name, str(error), where)
        return []
    for remark in dict.fromkeys(made.remarks):
        report.lose(Kind.CHANGED, name, remark, where)
    kept = []
    for part in made.parts:
        draft = Draft(
            type=part.type,
            text=f"{item.text}\n\n{part.asks}".strip(),
            body=part.body,
            title=f"{item.title} {part.name}".strip(),
            feedback=_feedback(item),
            points=_points(item) / len(made.parts),
            category=category[:500],
            external_id=(f"{external}:{part.name}" if part.name else external)[:255] or None,
        )
        draft = replace(draft, points=draft.points.quantize(Decimal("0.0001")) if len(made.parts) > 1 else draft.points)
        if report.keep(draft, where):
            kept.append(draft.external_id or "")
    if kept:
        for remark in dict.fromkeys(item.remarks):
            report.lose(Kind.PART, name, remark, where)
        for ident in item.feedback.keys() - made.used - {GENERAL, CORRECT, PARTIAL, INCORRECT}:
            report.lose(Kind.PART, name, f"The feedback {ident[:60]} belongs to no answer; it is not carried.", where)
    return kept


def _feedback(item: Item) -> Feedback:
    told = item.feedback
    return Feedback(told.get(GENERAL, ""), told.get(CORRECT, ""), told.get(PARTIAL, ""), told.get(INCORRECT, ""))


def _points(item: Item) -> Decimal:
    for label in ("points_possible", "cc_weighting", "qmd_weighting"):
        points = number_of(item.about.get(label, ""))
        if points is not None and points >= 0:
            return points
    return Decimal(1)
