"""Sources that behave and misbehave, what is found, watched and recommended."""

import gzip
import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from studyhall.domains.content.rules import Candidate, Interest, Watched, follow, recommend
from studyhall.platform.clients.http import Fetcher
from studyhall.platform.clients.outside import polite
from studyhall.platform.clients.outside.items import address, plain, seconds_of
from studyhall.platform.resources import Resources

API = "/api/v1"
NOBODY = "01936f3e-7b1a-7c3d-9e2f-5a4b6c7d8e9f"
ENTRY = """<item><guid>{0}</guid><title>{1}</title><link>https://ocw.test/{0}</link>
<description>&lt;p&gt;About {1}&lt;/p&gt;&lt;script&gt;bad()&lt;/script&gt;</description>
<category>Recursion</category></item>"""


def feed(*titles: str) -> bytes:
    entries = "".join(ENTRY.format(number, title) for number, title in enumerate(titles))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>OCW</title>{entries}</channel></rss>'.encode()


class Web:
    """A web of a few pages; each visit is kept."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        page = self.pages.get(f"{request.headers['host']}{request.url.raw_path.decode()}".split("?")[0])
        if callable(page):
            page = page(request)
        if isinstance(page, httpx2.Response):
            return page
        return httpx2.Response(404) if page is None else httpx2.Response(200, content=page)

    @property
    def paths(self) -> list[str]:
        return [one.url.path for one in self.asked if one.url.path != "/robots.txt"]


async def _resolve(host: str, port: int) -> list[str]:
    return ["10.0.0.5" if host.startswith("inside") else "93.184.216.34"]


@pytest.fixture
async def web(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> Web:
    async def at_once(seconds: float) -> None:
        slept.append(seconds)

    slept: list[float] = []
    made = Web()
    made.slept = slept  # type: ignore[attr-defined]
    monkeypatch.setattr(polite.Visitor.__init__, "__defaults__", (at_once, lambda: 0.0))
    resources.fetcher = Fetcher(_resolve, httpx2.MockTransport(made))
    return made


async def _add(admin: Any, url: str = "https://ocw.test/feed", kind: str = "feed", **more: Any) -> str:
    body = {"name": f"Source {kind} {url[8:20]}", "type": kind, "base_url": url, **more}
    answer = await admin.client.post(f"{API}/admin/content-sources", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["source"]["id"])


async def _crawl(admin: Any, source_id: str, run_jobs: Any) -> dict[str, Any]:
    answer = await admin.client.post(f"{API}/admin/content-sources/{source_id}/crawl")
    assert answer.status_code == 202, answer.text
    await run_jobs()
    task = await admin.client.get(f"{API}/tasks/{answer.json()['data']['task_id']}")
    found: dict[str, Any] = task.json()["data"]
    return dict(found.get("task", found))


async def _search(one: Any, **wanted: Any) -> list[dict[str, Any]]:
    answer = await one.client.get(f"{API}/content/search", params=wanted)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"]["results"])


async def test_a_feed_is_crawled_found_and_not_doubled(person: Any, web: Web, run_jobs: Any) -> None:
    admin, ada = await person("Admin"), await person()
    web.pages["ocw.test/feed"] = feed("Introduction to recursion", "Advanced thermodynamics")
    source = await _add(admin)
    done = await _crawl(admin, source, run_jobs)
    assert (done["state"], done["result"]) == ("succeeded", {"added": 2, "updated": 0})
    [found] = await _search(ada, q="thermodynamics")
    assert (found["title"], found["difficulty_level"]) == ("Advanced thermodynamics", "advanced")
    assert found["description"] == "About Advanced thermodynamics" and found["topics"] == ["Recursion"]
    assert len(await _search(ada)) == 2 and len(await _search(ada, difficulty="beginner")) == 1
    assert await _search(ada, source="youtube") == [] and await _search(ada, duration="short") == []
    web.pages["ocw.test/feed"] = feed("Introduction to recursion, again", "Advanced thermodynamics")
    assert (await _crawl(admin, source, run_jobs))["result"] == {"added": 0, "updated": 2}
    assert len(await _search(ada)) == 2
    one = await ada.client.get(f"{API}/content/{found['id']}")
    assert one.json()["data"]["content"]["content_url"] == "https://ocw.test/1"
    listed = (await admin.client.get(f"{API}/admin/content-sources")).json()["data"]["sources"]
    assert listed[0]["last_crawled_at"] and not listed[0]["is_crawling"] and listed[0]["last_error"] is None


async def test_an_unchanged_list_is_not_read_again(person: Any, web: Web, run_jobs: Any) -> None:
    def page(request: httpx2.Request) -> httpx2.Response:
        if request.headers.get("if-none-match") == '"1"':
            return httpx2.Response(304)
        return httpx2.Response(200, headers={"ETag": '"1"'}, content=feed("Trees"))

    admin = await person("Admin")
    web.pages["ocw.test/feed"] = page
    source = await _add(admin)
    assert (await _crawl(admin, source, run_jobs))["result"]["added"] == 1
    assert (await _crawl(admin, source, run_jobs))["result"] == {"added": 0, "updated": 0}


BOMB = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><rss>&b;</rss>'


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (httpx2.Response(302, headers={"Location": "http://inside.test/"}), "public web"),
        (httpx2.Response(302, headers={"Location": "http://169.254.169.254/latest"}), "public web"),
        (httpx2.Response(500), "500"),
        (b"not a feed at all", "no RSS or Atom"),
        (BOMB, "entities"),
        (BOMB.decode().encode("utf-16"), "entities"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MiB"),
        (b"x" * (10 * 1024 * 1024 + 1), "more than"),
        (httpx2.Response(429, headers={"Retry-After": "7200"}), "come back later"),
        (httpx2.Response(503), "come back later"),
    ],
    ids=range(10),
)
async def test_a_feed_that_misbehaves_is_told_and_leaves_nothing(
    person: Any, web: Web, run_jobs: Any, page: Any, said: str
) -> None:
    admin = await person("Admin")
    web.pages["ocw.test/feed"] = (lambda _: page) if isinstance(page, httpx2.Response) else page
    done = await _crawl(admin, await _add(admin), run_jobs)
    assert done["state"] == "failed" and said in done["error"]
    assert await _search(admin) == []
    [source] = (await admin.client.get(f"{API}/admin/content-sources")).json()["data"]["sources"]
    assert said in source["last_error"] and not source["is_crawling"]


async def test_robots_are_obeyed(person: Any, web: Web, run_jobs: Any) -> None:
    admin = await person("Admin")
    web.pages |= {"ocw.test/feed": feed("Trees"), "ocw.test/robots.txt": b"User-agent: *\nDisallow: /feed"}
    done = await _crawl(admin, await _add(admin), run_jobs)
    assert done["state"] == "failed" and "robots.txt" in done["error"] and web.paths == []
    web.pages["down.test/robots.txt"] = lambda _: httpx2.Response(500)
    assert "robots.txt" in (await _crawl(admin, await _add(admin, "https://down.test/feed"), run_jobs))["error"]


async def test_a_short_wait_is_waited(person: Any, web: Web, run_jobs: Any) -> None:
    answers = [httpx2.Response(503, headers={"Retry-After": "7"}), httpx2.Response(200, content=feed("Trees"))]
    admin = await person("Admin")
    web.pages["ocw.test/feed"] = lambda _: answers.pop(0)
    assert (await _crawl(admin, await _add(admin), run_jobs))["state"] == "succeeded"
    assert 7.0 in web.slept and 1.0 in web.slept  # type: ignore[attr-defined]


async def test_a_sitemap_tells_pages_and_only_changed_ones_are_read_again(person: Any, web: Web, run_jobs: Any) -> None:
    def html(title: str) -> httpx2.Response:
        head = f'<html lang="de"><head><title>{title}</title><meta name="keywords" content="Heaps, Trees">'
        return httpx2.Response(200, headers={"Content-Type": "text/html"}, content=head.encode())

    def urls(changed: str) -> bytes:
        rows = (
            f"<url><loc>/a</loc><lastmod>{changed}</lastmod></url><url><loc>/b</loc></url><url><loc>/gone</loc></url>"
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()

    admin = await person("Admin")
    index = b"<sitemapindex><sitemap><loc>https://oer.test/1.xml.gz</loc></sitemap></sitemapindex>"
    web.pages |= {"oer.test/sitemap.xml": index, "oer.test/1.xml.gz": gzip.compress(urls("2026-01-01"))}
    web.pages |= {"oer.test/a": lambda _: html("Heaps"), "oer.test/b": lambda _: html("Trees")}
    source = await _add(admin, "https://oer.test/sitemap.xml", "sitemap")
    done = await _crawl(admin, source, run_jobs)
    assert done["result"]["added"] == 2 and any("/gone" in one for one in done["loss_report"])
    assert {one["language"] for one in await _search(admin)} == {"de"}
    web.asked.clear()
    web.pages["oer.test/1.xml.gz"] = urls("2026-02-01")
    assert (await _crawl(admin, source, run_jobs))["result"] == {"added": 0, "updated": 1}
    assert "/a" in web.paths and "/b" not in web.paths
    web.pages["oer.test/sitemap.xml"] = gzip.compress(b" " * 20_000_000)
    assert "5 MiB" in (await _crawl(admin, source, run_jobs))["error"]


async def test_youtube_is_read_with_a_key_that_is_never_told(
    person: Any, web: Web, run_jobs: Any, resources: Resources
) -> None:
    admin, base = await person("Admin"), "www.googleapis.com/youtube/v3/"
    channel = {"items": [{"contentDetails": {"relatedPlaylists": {"uploads": "UUabcdef"}}}]}
    video = {
        "id": "video1", "snippet": {"title": "Graphs", "description": "All of them", "tags": ["Graphs"]},
        "contentDetails": {"duration": "PT1H2M3S"}, "statistics": {"viewCount": "1000", "likeCount": "50"},
    }  # fmt: skip
    listed = {"items": [{"contentDetails": {"videoId": one}} for one in ("video1", "video2")]}
    for name, answer in (("channels", channel), ("playlistItems", listed), ("videos", {"items": [video]})):
        web.pages[base + name] = json.dumps(answer).encode()
    source = await _add(admin, "https://www.youtube.com/@teacher", "youtube", api_key="a-secret-key")
    done = await _crawl(admin, source, run_jobs)
    assert done["result"]["added"] == 1 and "video2" in done["loss_report"][0]
    [found] = await _search(admin, q="graphs", duration="long")
    assert found["duration_seconds"] == 3723 and found["source"]["type"] == "youtube"
    assert all(one.headers["x-goog-api-key"] == "a-secret-key" for one in web.asked)
    assert not any("a-secret-key" in str(one.url) for one in web.asked)
    assert "a-secret-key" not in (await admin.client.get(f"{API}/admin/content-sources")).text
    async with resources.unit_of_work() as uow:
        sealed = await uow.session.scalar(text("SELECT api_key_encrypted FROM content_sources"))
    assert sealed and b"a-secret-key" not in bytes(sealed)
    web.pages[base + "channels"] = lambda _: httpx2.Response(403, json={"error": {"message": "quotaExceeded"}})
    assert "quotaExceeded" in (await _crawl(admin, source, run_jobs))["error"]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "feed", "base_url": "file:///etc/passwd"}, {"type": "feed", "base_url": "http://u:p@x.test/"},
        {"type": "feed", "base_url": "http://2130706433/"}, {"type": "gopher", "base_url": "https://x.test/"},
        {"type": "youtube", "base_url": "https://www.youtube.com/@teacher"}, {"name": "---"},
        {"type": "youtube", "base_url": "https://x.test/", "api_key": "12345678"}, {"api_key": "12345678"},
    ],
)  # fmt: skip
async def test_a_bad_source_is_refused(person: Any, body: dict[str, Any]) -> None:
    admin = await person("Admin")
    answer = await admin.client.post(
        f"{API}/admin/content-sources", json={"name": "X", "type": "feed", "base_url": "https://x.test/f", **body}
    )
    assert answer.status_code == 422, answer.text


async def test_only_those_with_the_right_administer(person: Any, web: Web) -> None:
    admin, ada = await person("Admin"), await person()
    source = await _add(admin)
    path = f"{API}/admin/content-sources"
    assert (await ada.client.get(path)).status_code == 403
    assert (await ada.client.post(f"{path}/{source}/crawl")).status_code == 403
    assert (await admin.client.post(f"{path}/{NOBODY}/crawl")).status_code == 404
    assert (await admin.client.post(f"{path}/{source}/crawl")).status_code == 202
    assert (await admin.client.post(f"{path}/{source}/crawl")).json()["error_code"] == "CRAWL_RUNNING"
    again = {"name": "source FEED ocw.test/fee", "type": "feed", "base_url": "https://x.test/"}
    assert (await admin.client.post(path, json=again)).json()["error_code"] == "CONTENT_SOURCE_EXISTS"


async def test_what_is_watched_is_kept_and_recommended(person: Any, web: Web, run_jobs: Any) -> None:
    admin, ada = await person("Admin"), await person()
    web.pages["ocw.test/feed"] = feed("Operating systems for all", "Cooking", "Knitting")
    await _crawl(admin, await _add(admin), run_jobs)
    course = {"name": "Operating Systems", "code": "OS", "credits": 3, "semester": "S1"}
    await ada.client.post(f"{API}/courses", json=course)
    items = {one["title"]: one["id"] for one in await _search(ada)}
    told = {"last_position": 450, "watch_time_seconds": 300}
    path = f"{API}/content/{items['Knitting']}/progress"
    assert (await ada.client.post(path, json=told)).json()["data"]["progress"]["watch_time_seconds"] == 300
    back = await ada.client.post(path, json={"last_position": 10, "watch_time_seconds": 5})
    kept = back.json()["data"]["progress"]
    assert (kept["last_position"], kept["watch_time_seconds"]) == (10, 300)
    answer = await ada.client.get(f"{API}/content/recommendations", params={"limit": 2})
    picks = answer.json()["data"]["recommendations"]
    assert [one["content"]["title"] for one in picks] == ["Knitting", "Operating systems for all"]
    assert "Operating Systems" in picks[1]["reason"]
    assert int(answer.headers["server-timing"].split('sql;desc="')[1].split('"')[0]) <= 10
    done = await ada.client.post(path, json={"last_position": 10, "is_completed": True})
    assert done.json()["data"]["completed_now"] is True
    again = await ada.client.post(path, json={"last_position": 10})
    assert again.json()["data"]["progress"]["is_completed"] and not again.json()["data"]["completed_now"]
    left = (await ada.client.get(f"{API}/content/recommendations")).json()["data"]["recommendations"]
    assert "Knitting" not in [one["content"]["title"] for one in left]
    assert (await ada.client.post(path, json={"last_position": -1})).status_code == 422
    assert (await ada.client.post(f"{API}/content/{NOBODY}/progress", json=told)).status_code == 404
    assert (await ada.client.get(f"{API}/content/{NOBODY}")).status_code == 404


SECONDS = st.integers(0, 5000)
WATCHED = st.builds(Watched, SECONDS, SECONDS, st.booleans())


@given(st.none() | WATCHED, WATCHED, st.none() | st.integers(1, 5000))
def test_progress_never_shrinks_and_stays_within(before: Watched | None, told: Watched, duration: int | None) -> None:
    after = follow(before, told, duration)
    assert duration is None or after.position <= duration
    assert before is None or (after.watch_time >= before.watch_time and after.is_completed >= before.is_completed)
    assert after.is_completed >= told.is_completed and follow(after, told, duration) == after


def test_a_weak_topic_goes_before_a_course() -> None:
    from uuid import UUID

    ids = [UUID(int=number) for number in range(3)]
    known = [
        Candidate(one, title, (), 0.5, is_begun=False)
        for one, title in zip(ids, ("Trees", "Heaps", "Tea"), strict=True)
    ]
    picks = recommend(known, [Interest("Heaps", 2.0, "weak"), Interest("Trees", 1.0, "course")], 2)
    assert [(one.id, one.reason) for one in picks] == [(ids[1], "weak"), (ids[0], "course")]


@given(st.text(max_size=300))
def test_any_text_becomes_plain(given_: str) -> None:
    found = plain(given_, 100)
    assert len(found) <= 100 and "\x00" not in found
    found.encode()
    where = address(given_, "https://x.test/")
    assert where is None or where.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        ("1:00:00", 3600),
        ("PT1H2M", 3720),
        ("P1D", 86400),
        ("x", None),
        ("0", None),
        ("９", None),
    ],
)
def test_lengths_are_read(said: str, seconds: int | None) -> None:
    assert seconds_of(said) == seconds
