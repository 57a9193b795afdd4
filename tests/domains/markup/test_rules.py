"""Markdown to safe HTML, whatever the text tries."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studyhall.domains.markup import rules

SHOWN = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
HARMLESS = {
    "align": r"left|right|center",
    "alt": r"(?s).*",
    "class": r"language-[\w+#.-]+|math inline|math block",
    "colspan": r"\d+",
    "height": r"\d+",
    "href": r"(?s)https?://.*|mailto:.*|#s-.*",
    "id": r"s-[\w-]+",
    "open": r".*",
    "rel": r"nofollow noopener noreferrer",
    "rowspan": r"\d+",
    "scope": r"(?s).*",
    "src": r"image:[A-Za-z0-9._~%-]+",
    "start": r"\d+",
    "title": r"(?s).*",
    "width": r"\d+",
}


class _Judge(HTMLParser):
    """Collects every tag and attribute that is not known to be harmless."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SHOWN:
            self.wrong.append(tag)
        for name, value in attrs:
            if name not in HARMLESS or not re.fullmatch(HARMLESS[name], value or "", re.IGNORECASE):
                self.wrong.append(f"{tag} {name}={value!r}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"declaration {decl!r}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"declaration {data!r}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"instruction {data!r}")


def wrong_in(html: str) -> list[str]:
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.wrong


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror\n=\nalert(1)>",
    '<img src="javascript:alert(1)">',
    "<img src=data:image/svg+xml;base64,PHN2Zy8+>",
    "<img srcset='https://evil.example/x 1x'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/settings/account'>x</a>",
    "<a href='https://ok.example' onclick=alert(1) target=_blank>x</a>",
    "<a href='image:x.png'>x</a>",
    "<div id=root class='modal'>x</div>",
    "<h2 id='app'>x</h2>",
    "<details ontoggle=alert(1) open>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- comment -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html>",
    "<a title='\"><img src=x onerror=alert(1)>'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JAVASCRIPT:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    '[x](https://ok.example "\\" onclick=alert(1) x=\\"")',
    '[x][y]\n\n[y]: javascript:alert(1) "t"',
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.png)",
    "![x](//tracker.example/pixel.png)",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '![x" onerror="alert(1)](image:a.png)',
    '![x](image:a.png "\\" onerror=\\"alert(1)")',
    "![x](image:a.png%22%20onerror=alert(1))",
    '```x" onmouseover=alert(1) y="\n</code></pre><script>alert(1)</script>\n```',
    "```<script>\nx\n```",
    "`<script>alert(1)</script>`",
    "$<script>alert(1)</script>$",
    "$$\n</div><img src=x onerror=alert(1)>\n$$",
    '# x" onclick=alert(1)',
    "# <img src=x onerror=alert(1)>",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "> <script>alert(1)</script>",
    "- <svg/onload=alert(1)>",
    "\\<script>alert(1)\\</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<<script>alert(1)//<</script>",
    "<img/src='x'/onerror=alert(1)>",
    "<img \x00src=x onerror=alert(1)>",
    "<a\x0chref='javascript:alert(1)'>x</a>",
    "<span class='math inline evil'>x</span>",
    "<code class='language-x evil'>x</code>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_nothing_is_fetched(attack: str) -> None:
    for text in (attack, f"Before {attack} after", f"<div>\n\n{attack}\n\n</div>", f"*{attack}*"):
        html = rules.render(text).html
        assert wrong_in(html) == [], html


def test_the_judge_finds_what_is_wrong() -> None:
    """Else the attacks would prove nothing."""
    for attack in ("<script>x</script>", "<img src=x onerror=y>", "<a href='javascript:x'>x</a>", "<p style='x'>x</p>"):
        assert wrong_in(attack) != []


MARKS = st.text("<>!&/=\"'`*_[]()#$|~\\- \nabonsclipthrefmg:;x", max_size=200)


@given(st.one_of(MARKS, st.text(max_size=200), st.lists(st.sampled_from(ATTACKS), max_size=4).map("".join)))
@example("<")
def test_no_text_gets_through(text: str) -> None:
    rendered = rules.render(text)
    assert wrong_in(rendered.html) == []
    assert "\x00" not in rendered.text
    assert wrong_in(rules.with_addresses(rendered.html, lambda name: None)) == []


@given(MARKS, st.text('abc/ .%"<>é', min_size=1, max_size=20))
def test_addresses_are_put_into_images_only(text: str, name: str) -> None:
    rendered = rules.render(f'{text}\n\n![x](image:a.png)\n\n`<img src="image:a.png">`')
    shown = rules.with_addresses(rendered.html, lambda _: "https://h/files/1?a&b")
    assert shown.count("https://h/files/1?a&amp;b") == len(re.findall(r'<img[^>]* src="image:', rendered.html))
    assert '&lt;img src="image:a.png"&gt;' in shown
    assert rules.image_name(f"image:{name}") is None or "image:" not in str(rules.image_name(f"image:{name}"))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("image:a.png", "a.png"),
        ("a.png", "a.png"),
        ("./img/a%20b.png?x#y", "img/a b.png"),
        ("../img/a.png", "../img/a.png"),
        ("https://x/a.png", None),
        ("//x/a.png", None),
        ("/a.png", None),
        ("data:image/png;base64,x", None),
        ("javascript:x", None),
        ("", None),
        ("image:", None),
        ("image:" + "x" * 256, None),
        ("image:a%00b", None),
    ],
)
def test_names_of_images(source: str, name: str | None) -> None:
    assert rules.image_name(source) == name


def test_what_is_written_is_shown() -> None:
    rendered = rules.render(
        "# One\n\n## Two *three*\n\n# One\n\n~~a~~ **b** <kbd>c</kbd> [d](#two-three) [e](https://e.example/?x&y)\n\n"
        "| l | r |\n|:--|--:|\n| 1 | 2 |\n\n```c++\nx < y;\n```\n\n$$\nx^2\n$$\n\nCosts $5 and $6.\n\n![alt](https://f.example/p.png)"
    )
    for piece in (
        '<h1 id="s-one">One</h1>',
        '<h2 id="s-two-three">Two <em>three</em></h2>',
        '<h1 id="s-one-1">One</h1>',
        "<s>a</s> <strong>b</strong> <kbd>c</kbd>",
        'href="#s-two-three"',
        'href="https://e.example/?x&amp;y"',
        '<td align="left">1</td>',
        '<td align="right">2</td>',
        '<code class="language-c++">x &lt; y;',
        '<div class="math block">\nx^2\n</div>',
        "Costs $5 and $6.",
        '<a href="https://f.example/p.png" rel="nofollow noopener noreferrer">alt</a>',
    ):
        assert piece in rendered.html
    assert [(one.level, one.text, one.anchor) for one in rendered.headings] == [
        (1, "One", "s-one"), (2, "Two three", "s-two-three"), (1, "One", "s-one-1"),
    ]  # fmt: skip
    assert rendered.refused_images == ("https://f.example/p.png",)
    assert "x < y;" in rendered.text and "<" not in rendered.text.replace("x < y;", "")


@given(st.lists(st.text("ab1 -", max_size=6), max_size=12))
def test_no_two_headings_share_an_anchor(texts: list[str]) -> None:
    rendered = rules.render("\n\n".join(f"# {text}x" for text in texts))
    anchors = [one.anchor for one in rendered.headings]
    assert len(set(anchors)) == len(anchors) == len(texts)
    assert re.findall(r'id="([^"]+)"', rendered.html) == anchors


@pytest.mark.parametrize(
    "text",
    [
        "[a]: http://x/" + "y" * 1900 + "\n\n" + "[a] " * 20_000,
        "<div>" * 50_000,
        "<b>" * 50_000,
        "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + ("|b" * 500 + "|\n") * 290,
    ],
)
def test_what_would_grow_without_bound_is_refused(text: str) -> None:
    with pytest.raises(rules.RenderingTooLarge):
        rules.render(text)


@pytest.mark.parametrize(
    "text", ["> " * 100_000, "- " * 100_000, "*" * 200_000, "`" * 200_000, "<!--" * 50_000, "[" * 30_000]
)
def test_what_nests_deeply_ends(text: str) -> None:
    assert len(rules.render(text).html) < rules.LONGEST_HTML
