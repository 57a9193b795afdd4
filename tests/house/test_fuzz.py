"""Every operation is called with data that its description allows and with data that it forbids.

Whatever comes, the answer is one that the description names, in the shape that it promises, and never an accident.
"""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import hypothesis
import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import strategies
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from studyhall import __version__
from studyhall.entrypoints.http import describe_routes
from studyhall.platform import clock
from studyhall.platform.resources import Resources
from studyhall.platform.web import openapi
from tests.conftest import Committed, MakePerson
from tests.house.owner import Owner

EXAMPLES = 5  # of each kind, for each operation; by hand use a hundred
BASE_URL = "http://studyhall.test"
Operation = Any
Case = schemathesis.Case[Any]
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
Send = Callable[[requests.PreparedRequest], httpx2.Response]


def no_accident(_: Any, response: schemathesis.Response, __: Case) -> None:
    """A server may say that it is not set up for something; every other 5xx is our fault."""
    if response.status_code >= 500 and response.json()["error_code"] != "NOT_CONFIGURED":
        raise AssertionError(f"an accident: {response.status_code}")


CHECKS = [
    no_accident,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# These end the session that they are called with; they run at last, each as somebody else.
ENDING = {
    ("POST", "/api/v1/auth/logout"),
    ("DELETE", "/api/v1/auth/sessions"),
    ("POST", "/api/v1/settings/change-password"),
    ("DELETE", "/api/v1/auth/sessions/{session_id}"),
}


@dataclass
class Fuzz:
    """All operations of the API, what went wrong with each, and how often each status was answered."""

    owner: Owner
    send: Send
    sign_in: Callable[[], None]
    examples: int = EXAMPLES
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    def run(self) -> None:
        _teach_formats(self.owner)
        document = openapi.describe(describe_routes(), __version__)
        config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
        schema = schemathesis.openapi.from_dict(document, config=config)
        for operation in sorted(_operations(schema), key=_order):
            own = self.owner.parameters(operation.path)
            for mode, fixed in [(POSITIVE, own), (NEGATIVE, own), *([(NEGATIVE, {})] if own else [])]:
                if (operation.method.upper(), operation.path) in ENDING:
                    self.sign_in()
                self._try(operation, operation.as_strategy(generation_mode=mode, path_parameters=fixed or None))

    def _try(self, operation: Operation, cases: strategies.SearchStrategy[Case]) -> None:
        @hypothesis.seed(2026)
        @hypothesis.settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
            report_multiple_bugs=False,
        )
        @hypothesis.given(case=cases)
        def once(case: Case) -> None:
            self._call(case)

        with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # nothing can be wrong with such a request
            once()

    def _call(self, case: Case) -> None:
        sent = requests.Request(**_plain(case.as_transport_kwargs(base_url=BASE_URL))).prepare()
        answer = self.send(sent)
        counts = self.statuses.setdefault(case.operation.label, Counter())
        counts[answer.status_code] += 1
        try:
            case.validate_response(_wrapped(answer, sent), checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                told = f"{failure}\n{sent.method} {sent.url} {sent.body!r}\n{answer.status_code} {answer.text[:400]}"
                self.faults.setdefault((case.operation.label, str(failure).splitlines()[0]), told)


def _operations(schema: Any) -> Iterator[Operation]:
    yield from (one.ok() for one in schema.get_all_operations())


def _teach_formats(owner: Owner) -> None:
    """Ids that are there, and days around today, so that requests come past the first check."""
    today, now = clock.today_in("UTC"), clock.now().replace(tzinfo=None)
    days, near = strategies.integers(-40, 40), strategies.timedeltas(timedelta(days=-3), timedelta(days=9))
    known = sorted(owner.things.items())
    formats = {
        "uuid": strategies.sampled_from([owner.things["/courses/"]])
        | strategies.sampled_from([thing for _, thing in known])
        | strategies.uuids().map(str),
        "date": days.map(lambda ahead: (today + timedelta(days=ahead)).isoformat()) | strategies.dates().map(str),
        "date-time": near.map(lambda ahead: f"{(now + ahead).isoformat()}Z")
        | strategies.datetimes().map(lambda value: f"{value.isoformat()}Z"),
        "time-local": strategies.times().map(lambda value: value.isoformat("seconds")),
    }
    for name, values in formats.items():
        schemathesis.openapi.format(name, values)


def _plain(keywords: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in keywords.items() if name != "timeout"}


def _wrapped(answer: httpx2.Response, sent: requests.PreparedRequest) -> schemathesis.Response:
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers.multi_items():
        headers.setdefault(name, []).append(value)
    return schemathesis.Response(answer.status_code, headers, answer.content, sent, 0.0, True)


def _order(operation: Operation) -> tuple[int, str]:
    """Reads and makes first, then what takes away, at last what ends the session."""
    method, path = operation.method.upper(), operation.path
    return (2 if (method, path) in ENDING else 1 if method == "DELETE" else 0), operation.label


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_whatever_comes_is_answered_as_described(committed: Committed) -> None:
    owner = Owner(await committed.person(timezone="UTC"), committed.resources)
    await owner.settle_in()
    loop = asyncio.get_running_loop()

    def send(sent: requests.PreparedRequest) -> httpx2.Response:
        """Generating is synchronous and has a thread; the application stays on the loop that its connections know."""
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body
        request = owner.client.build_request(str(sent.method), str(sent.url), headers=dict(sent.headers), content=body)
        answer: httpx2.Response = asyncio.run_coroutine_threadsafe(owner.client.send(request), loop).result(30)
        return answer

    fresh = [(await committed.person()).tokens["access_token"] for _ in range(3 * len(ENDING))]

    def sign_in() -> None:
        owner.client.headers["Authorization"] = f"Bearer {fresh.pop()}"

    fuzz = Fuzz(owner, send, sign_in)
    await asyncio.to_thread(fuzz.run)
    assert not fuzz.faults, "\n\n".join(f"{label}: {told}" for (label, _), told in fuzz.faults.items())
    accepted = [label for label, counts in fuzz.statuses.items() if any(status < 300 for status in counts)]
    assert len(accepted) > 0.6 * len(fuzz.statuses), "so much is refused that this says little"


def test_what_is_shown_as_an_example_is_valid() -> None:
    document = openapi.describe(describe_routes(), __version__)
    wrong = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for where, media in _shown(operation):
                schema = {**media["schema"], "components": document["components"]}
                for error in jsonschema_rs.validator_for(schema).iter_errors(media["example"]):
                    wrong.append(f"{method.upper()} {path}, {where}, {error.instance_path}: {error.message}")
    assert wrong == []


async def test_every_example_is_answered_as_described(person: MakePerson, resources: Resources) -> None:
    """The ids in examples are nobody's, so this is also what unknown ids are answered."""
    owner = Owner(await person(timezone="UTC"), resources)
    await owner.settle_in()
    document = openapi.describe(describe_routes(), __version__)
    wrong = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            example = dict(_shown(operation)).get("request")
            if example is None or (method.upper(), path) in ENDING:
                continue
            filled = path.format_map({**dict.fromkeys(re.findall(r"{(\w+)}", path), "x"), **owner.parameters(path)})
            answer = await owner.client.request(method, filled, json=example["example"])
            if str(answer.status_code) not in operation["responses"] or answer.status_code == 500:
                wrong.append(f"{method.upper()} {path}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


def _shown(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body in JSON, asked or answered, that is shown with an example."""
    bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
    for where, body in bodies.items():
        media = body.get("content", {}).get("application/json", {})
        if "example" in media:
            yield where, media
