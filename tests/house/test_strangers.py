"""Every `{id}` is tried as a stranger: what is not yours answers 404, whoever asks and whatever he wants with it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from studyhall import __version__
from studyhall.entrypoints import wiring
from studyhall.entrypoints.http import describe_routes
from studyhall.platform.resources import Resources
from studyhall.platform.web import openapi
from studyhall.platform.web.routing import Declared
from tests.house.owner import Owner

DOCUMENT = openapi.describe(describe_routes(), __version__)

# These name something public, or prove themselves by the secret in the path; their own tests try them.
NOT_OWNED = {
    "/files/{signed}",
    "/calendar/{secret}.ics",
    "/unsubscribe/{token}",
    "/api/v1/auth/oidc/{provider}/authorize",
    "/api/v1/auth/oidc/{provider}/callback",
    # Subjects and topics are everybody's to read, and an author's to change.
    "/api/v1/subjects/{subject_id}/topics",
    "/api/v1/topics/{topic_id}",
    "/api/v1/topics/{topic_id}/chapters",
    # Content is everybody's; its tests try ids of nothing, and administer without the right.
    "/api/v1/content/{content_id}",
    "/api/v1/content/{content_id}/progress",
    "/api/v1/admin/content-sources/{source_id}/crawl",
    # For those with the right only, and about anybody; the tests of billing try it. The gateway proves itself.
    "/api/v1/admin/users/{user_id}/subscription",
    "/api/v1/billing/webhook/{gateway}",
    # Whose progress it is, is decided before anything is looked up: 403; the tests of chapters try it.
    "/api/v1/progress/{user}/courses",
    "/api/v1/progress/{user}/courses/{course_id}",
    # Whose attempts are looked at is decided before anything is looked up: 403; the tests of quizzes try it.
    "/api/v1/quizzes/attempts/{user}/{quiz_id}",
    # Whoever lacks the right to change roles answers 403, whichever it is; the tests of roles try it with the right.
    "/api/v1/admin/roles/{role_id}",
    # Without the right it answers 403; the tests of courses try it with the right.
    "/api/v1/courses/{course_id}/publish",
}
# To block somebody is everybody's right, so taking a block back that never was is the only refusal there is.
ABOUT_PEOPLE = {"/api/v1/blocks/{user_id}"}


def _with_parameters() -> Iterator[Declared]:
    for router in wiring.ROUTERS:
        yield from (one for one in router.declared if "{" in one.path and one.path not in NOT_OWNED | ABOUT_PEOPLE)


def _body(declared: Declared) -> dict[str, Any]:
    operation = DOCUMENT["paths"][declared.path][declared.method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": content["application/json"]["example"]}
    if "multipart/form-data" in content:
        return {"files": {"file": ("x.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")}}
    return {}


@pytest.fixture
async def owner(person: Any, resources: Resources) -> Owner:
    made = Owner(await person(timezone="UTC"), resources)
    await made.settle_in()
    return made


# Where `{user}` must be oneself: refused before any look-up, whoever it is.
OWN_ONLY = {("PUT", "/api/v1/streaks/{user}/reset")}


async def test_a_stranger_finds_nothing(owner: Owner, person: Any) -> None:
    stranger = await person(timezone="UTC")
    wrong = []
    for declared in _with_parameters():
        answer: httpx2.Response = await stranger.client.request(
            declared.method, owner.path(declared), **_body(declared)
        )
        refusal = 403 if (declared.method, declared.path) in OWN_ONLY else 404
        if answer.json()["error_code"] == "ROUTE_NOT_FOUND" or answer.status_code != refusal:
            wrong.append(f"{declared.method} {declared.path}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_nobody_finds_nothing(owner: Owner, client: httpx2.AsyncClient) -> None:
    for declared in _with_parameters():
        answer = await client.request(declared.method, owner.path(declared), **_body(declared))
        expected = 404 if declared.access.name == "optional" else 401
        assert answer.status_code == expected, f"{declared.method} {declared.path}: {answer.text}"


async def test_what_is_no_id_is_told_so(owner: Owner) -> None:
    for declared in _with_parameters():
        if declared.path.startswith(("/api/v1/undo/", "/api/v1/streaks/")):
            continue
        path = re.sub(r"\{\w+\}", "not-an-id", declared.path)
        answer = await owner.client.request(declared.method, path, **_body(declared))
        assert answer.status_code == 422, f"{declared.method} {declared.path}: {answer.status_code}"


async def test_the_owner_finds_his_own(owner: Owner) -> None:
    """Else the stranger's 404 would prove nothing."""
    for declared in _with_parameters():
        if declared.method == "GET":
            answer = await owner.client.get(owner.path(declared))
            assert answer.status_code in (200, 202), f"{declared.path}: {answer.text}"
