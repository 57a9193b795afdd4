"""A provider process, a realm of it for each test, and a browser that goes to and fro."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.types import ASGIApp

from studyhall.domains.identity.models import User, UserSession
from studyhall.domains.sign_on.models import OutsideIdentity
from studyhall.entrypoints import http as http_app
from studyhall.platform.ids import new_id
from studyhall.platform.resources import Resources
from studyhall.platform.settings import OidcProvider, Settings
from tests.oidc_provider import CLIENT_ID, Realm, running_provider


@pytest.fixture(scope="session")
def provider_address() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture(scope="session")
def routes() -> FastAPI:
    """All routes, described once: that takes longer than most tests here."""
    return http_app.describe_routes()


@pytest.fixture(autouse=True)
def _described_once(routes: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_app, "describe_routes", lambda lifespan=None: routes)


@pytest.fixture
def realm(provider_address: str) -> Realm:
    """An issuer that nobody has heard of before."""
    return Realm(f"{provider_address}/{new_id().hex}")


@pytest.fixture
def provider(realm: Realm) -> dict[str, Any]:
    """The settings of the realm; a test module may override it."""
    return {"name": "campus", "label": "Campus", "issuer": realm.issuer, "client_id": CLIENT_ID, "accept_bearer": True}


@pytest.fixture
def settings(settings: Settings, provider: dict[str, Any], realm: Realm) -> Settings:
    """The usual settings with the realm as provider, and in Google's place."""
    own = {
        "oidc_providers": [
            OidcProvider(**provider),
            OidcProvider(name="other", issuer=f"{realm.issuer}-other", client_id=CLIENT_ID),
        ],
        "google_client_id": CLIENT_ID,
        "google_issuer": realm.issuer,
        "frontend_url": "https://app.studyhall.test",
    }
    return settings.model_copy(update=own)


class Browser:
    """Keeps cookies, goes where it is sent, one step at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://studyhall.test")
        self.web = httpx2.AsyncClient(verify=False, trust_env=False, timeout=10)

    async def leave(self, provider: str = "campus", **query: str) -> httpx2.Response:
        """Our answer that sends it to the provider."""
        return await self.app.get(f"/api/v1/auth/oidc/{provider}/authorize", params=query)

    async def at_provider(self, left: httpx2.Response) -> str:
        """The path with which the provider sends it back."""
        assert left.status_code == 302, left.text
        answer = await self.web.get(left.headers["location"])
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["location"])
        assert parts.netloc == "studyhall.test"
        return f"{parts.path}?{parts.query}"

    async def sign_on(self, **query: str) -> httpx2.Response:
        """There and back; answers what our callback says."""
        return await self.app.get(await self.at_provider(await self.leave(**query)))

    async def exchange(self, came_back: httpx2.Response, **more: Any) -> httpx2.Response:
        """The one-time code of the callback's answer for tokens."""
        return await self.app.post("/api/v1/auth/oidc/exchange", json={"code": code_of(came_back), **more})

    async def signed_on(self) -> dict[str, Any]:
        """The whole way; answers user, tokens and session."""
        answer = await self.exchange(await self.sign_on())
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    async def close(self) -> None:
        await self.app.aclose()
        await self.web.aclose()


def code_of(came_back: httpx2.Response) -> str:
    assert came_back.status_code == 302, came_back.text
    return parse_qs(urlsplit(came_back.headers["location"]).query)["sign_on_code"][0]


@pytest.fixture
def app(resources: Resources) -> ASGIApp:
    """The whole application over this test's resources."""
    return http_app.build(resources.settings, resources)


@pytest_asyncio.fixture(loop_scope="session")
async def browser(app: ASGIApp) -> AsyncIterator[Browser]:
    opened = Browser(app)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def other_browser(app: ASGIApp) -> AsyncIterator[Browser]:
    opened = Browser(app)
    yield opened
    await opened.close()


@dataclass(frozen=True)
class Counts:
    """How much there is of what a sign-on makes."""

    users: int
    sessions: int
    identities: int


@pytest_asyncio.fixture(loop_scope="session")
async def client(app: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without a token."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://studyhall.test") as opened:
        yield opened


async def counts_of(resources: Resources) -> Counts:
    async with resources.unit_of_work() as uow:
        numbers = [
            (await uow.session.scalars(select(func.count()).select_from(table))).one()
            for table in (User, UserSession, OutsideIdentity)
        ]
    return Counts(*numbers)


def refused(answer: httpx2.Response, status: int, code: str) -> None:
    """The one error shape, with that status and code."""
    body = answer.json()
    assert (answer.status_code, body["error_code"], body["success"]) == (status, code, False), answer.text
    assert body["message"] == body["detail"]
    assert {"errors", "timestamp", "request_id"} <= body.keys()
