"""A real OpenID Connect provider for tests, in a process of its own, which can be told to turn hostile.

Each test has a realm of its own under one server: an issuer with its own keys, people and misbehaviour. A realm signs
its person in without asking, as a provider does that has a session already.

Behaviour of a realm (all set by `Realm.behave`):

* `person`: claims about the person; `claims`: claims put over the ID token's (null takes one out);
* `signing`: `good`, `none`, `hs256` (with the public key as secret), `stranger` (a key of another name that is not in
  the set), `forged` (a stranger's key under the name of a good one);
* `discovery`, `jwks`, `token`, `userinfo`: `ok`, `error`, `garbage`, `slow` or `list` (JSON of the wrong shape);
* `refusal`: an error code that the authorization endpoint answers with; `metadata`: fields over the discovery document;
* `secret`: the client secret that the token endpoint wants; `private_claims`: leave them to userinfo.
"""

import asyncio
import base64
import hmac
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import httpx2
import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID = "studyhall-tests"
LIFETIME = 300
SLOW_SECONDS = 3.0
PERSON = {
    "sub": "person-1",
    "email": "grace@example.org",
    "email_verified": True,
    "given_name": "Grace",
    "family_name": "Hopper",
}
_KEYS: dict[str, Any] = {}


def _key(name: str) -> Any:
    """Made once for all realms, because making RSA keys is slow; a realm gives it a name of its own."""
    if name not in _KEYS:
        _KEYS[name] = ECKey.generate_key("P-256") if name.startswith("ec") else RSAKey.generate_key(2048)
    return _KEYS[name]


@dataclass
class State:
    """One realm."""

    issuer: str
    behaviour: dict[str, Any] = field(default_factory=dict)
    keys: list[str] = field(default_factory=lambda: ["rsa-1"])
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    access_tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def says(self, name: str, default: Any = None) -> Any:
        return self.behaviour.get(name, default)

    @property
    def person(self) -> dict[str, Any]:
        return {name: value for name, value in {**PERSON, **self.says("person", {})}.items() if value is not None}

    def claims(self, nonce: str | None) -> dict[str, Any]:
        now = int(time.time())
        made = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + LIFETIME, "nonce": nonce}
        made |= {"sub": self.person.get("sub")} if self.says("private_claims") else self.person
        return {name: value for name, value in {**made, **self.says("claims", {})}.items() if value is not None}

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """A token, signed as the behaviour says."""
        name = self.keys[-1]
        key, manner = _key(name), self.says("signing", "good")
        algorithm = "ES256" if name.startswith("ec") else "RS256"
        head = {"alg": algorithm, "kid": name, "typ": "JWT", **(header or {})}
        if manner == "none":
            return f"{_part({**head, 'alg': 'none'})}.{_part(claims)}."
        if manner == "hs256":
            signed = f"{_part({**head, 'alg': 'HS256'})}.{_part(claims)}"
            return f"{signed}.{_b64(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha256'))}"
        if manner == "stranger":
            head["kid"] = "stranger"
        if manner in ("stranger", "forged"):
            key = _key("rsa-stranger")
        return _compact(head, claims, key)


def _compact(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    return jwt.encode(header, claims, key, registry=JWSRegistry(strict_check_header=False))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _part(content: dict[str, Any]) -> str:
    return _b64(orjson.dumps(content))


_realms: dict[str, State] = {}


def _realm(request: Request) -> State:
    name = request.path_params["realm"]
    if name not in _realms:
        _realms[name] = State(f"http://{request.headers['host']}/{name}")
    return _realms[name]


async def _misbehave(state: State, part: str) -> Response | None:
    state.asked[part] = state.asked.get(part, 0) + 1
    manner = state.says(part, "ok")
    if manner == "error":
        return JSONResponse({"error": "server_error"}, 500)
    if manner == "garbage":
        return PlainTextResponse("<html>maintenance</html>")
    if manner == "list":
        return JSONResponse([1, 2, 3])
    if manner == "slow":
        await asyncio.sleep(SLOW_SECONDS)
    return None


async def discovery(request: Request) -> Response:
    state = _realm(request)
    document = {
        "issuer": state.issuer,
        "authorization_endpoint": f"{state.issuer}/authorize",
        "token_endpoint": f"{state.issuer}/token",
        "jwks_uri": f"{state.issuer}/jwks",
        "userinfo_endpoint": f"{state.issuer}/userinfo",
        **state.says("metadata", {}),
    }
    return await _misbehave(state, "discovery") or JSONResponse(document)


async def jwks(request: Request) -> Response:
    state = _realm(request)
    keys = [{**_key(name).as_dict(private=False), "kid": name, "use": "sig"} for name in state.keys]
    return await _misbehave(state, "jwks") or JSONResponse({"keys": keys})


async def authorize(request: Request) -> Response:
    state, asked = _realm(request), dict(request.query_params)
    back = {"state": asked["state"], "iss": state.issuer}
    if refusal := state.says("refusal"):
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**back, 'error': refusal})}", 302)
    is_fit = (asked.get("client_id"), asked.get("response_type"), asked.get("code_challenge_method")) == (
        CLIENT_ID, "code", "S256",
    )  # fmt: skip
    if not is_fit or "openid" not in asked.get("scope", "").split():
        return PlainTextResponse("not a request that we understand", 400)
    code = secrets.token_urlsafe(16)
    state.codes[code] = asked
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**back, 'code': code})}", 302)


async def token(request: Request) -> Response:
    state = _realm(request)
    if (odd := await _misbehave(state, "token")) is not None:
        return odd
    form = {name: str(value) for name, value in (await request.form()).items()}
    if not _is_our_client(state, request, form):
        return JSONResponse({"error": "invalid_client"}, 401)
    asked = state.codes.pop(form.get("code", ""), None)
    challenge = _b64(sha256(form.get("code_verifier", "").encode()).digest())
    if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or asked["code_challenge"] != challenge:
        return JSONResponse({"error": "invalid_grant"}, 400)
    access_token = secrets.token_urlsafe(16)
    state.access_tokens[access_token] = state.person
    signed = state.sign(state.claims(asked.get("nonce")))
    return JSONResponse({"access_token": access_token, "token_type": "Bearer", "id_token": signed})


def _is_our_client(state: State, request: Request, form: dict[str, str]) -> bool:
    wanted = state.says("secret")
    if wanted is None:
        return form.get("client_id") == CLIENT_ID
    methods = state.says("metadata", {}).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    given = request.headers.get("authorization", "").removeprefix("Basic ")
    if "client_secret_basic" not in methods:
        return not given and form.get("client_secret") == wanted
    name, _, secret = base64.b64decode(given).decode().partition(":")
    return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, wanted)


async def userinfo(request: Request) -> Response:
    state = _realm(request)
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    if (odd := await _misbehave(state, "userinfo")) is not None:
        return odd
    known = bearer in state.access_tokens or bearer.count(".") == 2
    return JSONResponse({**state.person, **state.says("told", {})}) if known else JSONResponse({}, 401)


async def control(request: Request) -> Response:
    """Set behaviour and keys; answers how often each part was asked."""
    state, told = _realm(request), orjson.loads(await request.body())
    state.keys = told.pop("keys", state.keys)
    state.behaviour |= told
    return JSONResponse(state.asked)


async def mint(request: Request) -> Response:
    """A token out of the blue: `claims` over the usual ones, `header` over the usual header."""
    state, told = _realm(request), orjson.loads(await request.body())
    claims = {**state.claims(None), **told.get("claims", {})}
    made = state.sign({name: value for name, value in claims.items() if value is not None}, told.get("header"))
    return PlainTextResponse(made)


app = Starlette(
    routes=[
        Route("/{realm}/.well-known/openid-configuration", discovery),
        Route("/{realm}/jwks", jwks),
        Route("/{realm}/authorize", authorize),
        Route("/{realm}/token", token, methods=["POST"]),
        Route("/{realm}/userinfo", userinfo),
        Route("/{realm}/control", control, methods=["POST"]),
        Route("/{realm}/mint", mint, methods=["POST"]),
    ]
)


def _post(address: str, content: dict[str, Any]) -> httpx2.Response:
    # Plain HTTP only: reading the machine's certificates would cost more than the test.
    with httpx2.Client(verify=False, trust_env=False) as client:
        return client.post(address, content=orjson.dumps(content))


@dataclass
class Realm:
    """A realm as a test sees it."""

    issuer: str

    def behave(self, **behaviour: Any) -> dict[str, int]:
        """Change how it behaves; answers how often each of its parts was asked so far."""
        answer = _post(f"{self.issuer}/control", behaviour)
        counts: dict[str, int] = answer.json()
        return counts

    def asked(self, part: str) -> int:
        return self.behave().get(part, 0)

    def mint(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token signed by this realm as it behaves now."""
        return _post(f"{self.issuer}/mint", {"claims": claims, "header": header}).text


@contextmanager
def running_provider() -> Iterator[str]:
    """Start the provider on a free port of this machine; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        "1", "--no-ws", "--log-level", "warning", "oidc_provider:app",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parent)
    try:
        _wait_until_up(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_up(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the provider ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the provider did not come up within 30 seconds")
