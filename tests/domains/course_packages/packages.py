"""Packages for tests: made on the spot, or the real ones zipped."""
# ruff: noqa: E501 - these are other people's files, which do not break their lines for us

import io
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of those files."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for path, content in files.items():
            package.writestr(path, content)
    return made.getvalue()


def real(folder: str) -> bytes:
    """A folder of the shared data as a zip."""
    whole = DATA / folder
    if not whole.exists():
        pytest.skip(f"the shared data lie elsewhere: {whole}")
    return zipped(
        {str(path.relative_to(whole)): path.read_bytes() for path in sorted(whole.rglob("*")) if path.is_file()}
    )


COURSE: dict[str, str | bytes] = {
    "bees-main/README.md": "# Keeping bees\n\nAll about *bees* and [honey](https://example.org).\n\n![hive](images/hive.png)\n",
    "bees-main/images/hive.png": PNG,
    "bees-main/images/spare.png": PNG + b"x",
    "bees-main/1-start/README.md": (
        "---\ntitle: First steps\nauthor: Ada\n---\n# Start\n\nSee [the hive](../2-hive/README.md#in-winter), [it](../10-end) "
        "and [code](code/run.py).\n\n![gone](gone.png) ![out](https://example.org/x.png)\n\n"
        "```md\n[not a link](../2-hive/README.md)\n```\n\nAnd `[nor](../2-hive/README.md)`.\n\n"
        '<iframe src="https://video.example"></iframe>\n\n<img src="../images/hive.png" alt="again">\n'
    ),
    "bees-main/1-start/README.fr.md": "# Début\n",
    "bees-main/1-start/code/run.py": "print()\n",
    "bees-main/1-start/assignment.md": "# Look at a hive\n\nGo out.\n",
    "bees-main/1-start/a-note.md": "No heading here.\n",
    "bees-main/1-start/quiz.json": (
        '{"title": "Bees", "quizzes": [{"title": "Before", "quiz": [{"questionText": "Legs?", "answerOptions": '
        '[{"answerText": "6", "isCorrect": "true"}, {"answerText": "8", "isCorrect": "false"}]},'
        '{"questionText": "None right?", "answerOptions": [{"answerText": "a"}, {"answerText": "b"}]}]}]}'
    ),
    "bees-main/2-hive/README.md": "# The hive\n\n## In winter\n\nCold. [Back](/1-start/README.md) [out](../../../etc.md)\n",
    "bees-main/2-hive/check.gift": "::Queen:: How many queens? {=one ~two}\n\n::Wax:: Bees make wax. {T}\n",
    "bees-main/2-hive/quiz.yaml": "questions:\n- question: Where is honey?\n  options: [comb, hat]\n  answer: 0\n",
    "bees-main/10-end/README.md": "# The end\n",
    "bees-main/10-end/quiz.md": "# Last quiz\n\n## Do bees dance?\n\n- [x] yes\n- [ ] no\n",
    "bees-main/translations/README.es.md": "# Abejas\n",
    "bees-main/LICENSE": "free",
    "bees-main/.github/x.md": "# hidden\n",
}

MANIFEST = """<?xml version="1.0"?>
<manifest identifier="m1" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1">
<metadata><lom><general><title><string>Rivers</string></title></general></lom></metadata>
<organizations><organization><item identifier="top">
 <item identifier="mod"><title>Module one</title>
  <item identifier="i1" identifierref="r1"><title>Springs</title></item>
  <item identifier="i2" identifierref="r2"><title>A map</title></item>
  <item identifier="i3" identifierref="r3"><title>Talk about it</title></item>
  <item identifier="i4" identifierref="nowhere"><title>Lost page</title></item>
 </item></item></organization></organizations>
<resources>
 <resource identifier="r1" type="webcontent" href="wiki_content/springs.html"><file href="wiki_content/springs.html"/></resource>
 <resource identifier="r2" type="imswl_xmlv1p3"><file href="map.xml"/></resource>
 <resource identifier="r3" type="imsdt_xmlv1p3"><file href="talk.xml"/></resource>
 <resource identifier="r4" type="webcontent" href="wiki_content/mouth.html"><file href="wiki_content/mouth.html"/></resource>
 <resource identifier="r5" type="webcontent" href="web_resources/well.png"><file href="web_resources/well.png"/></resource>
 <resource identifier="r6" type="webcontent" href="web_resources/a.pdf"><file href="web_resources/a.pdf"/></resource>
</resources></manifest>"""

CARTRIDGE: dict[str, str | bytes] = {
    "imsmanifest.xml": MANIFEST,
    "wiki_content/springs.html": (
        "<html><head><title>x</title></head><body><h2>Springs</h2>\n\n<p onclick='x()'>Water <b>comes</b>.</p>"
        "<script>alert(1)</script><img src='$IMS-CC-FILEBASE$/well.png?canvas=1' alt='well'>"
        "<a href='$WIKI_REFERENCE$/pages/mouth'>mouth</a> <a href='$CANVAS_OBJECT_REFERENCE$/quizzes/7'>quiz</a></body></html>"
    ),
    "wiki_content/mouth.html": "<html><head><title>The mouth</title></head><body><p>Sea.</p></body></html>",
    "map.xml": '<webLink xmlns="http://x"><title>Map</title><url href="https://example.org/map"/></webLink>',
    "talk.xml": "<topic><title>t</title></topic>",
    "web_resources/well.png": PNG,
    "web_resources/a.pdf": b"%PDF-1.4",
}
