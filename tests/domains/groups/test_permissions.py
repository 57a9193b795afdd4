"""Who may do what: the whole matrix, written by hand from the rules and asked over HTTP."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from studyhall.platform.resources import Resources
from tests.conftest import MakePerson, Person
from tests.domains.groups.group import API, ask, bring_in, invite, make

# A cell is a status, or yes or no where the answer says so; with a bar, of a public group and of a private one.
# Every row holds for both types of group unless it names one. Everybody in the group has somebody of each role beside
# him, so that the leader is not the last one unless the row says so.
MATRIX = """
operation                           outsider   invited    member  admin  leader

see it                              200 | 404  200        200     200    200
find it in the list                 yes | no   yes | no   yes     yes    yes
be told its members with it         no  | 404  no         yes     yes    yes
be told its code with it            no  | 404  no         no      yes    yes
list its members                    403 | 404  403        200     200    200
see its figures                     403 | 404  403        200     200    200
be told its open invitations there  403 | 404  403        no      yes    yes
change its settings                 403 | 404  403        403     403    200
close it                            403 | 404  403        403     403    200
renew its code                      403 | 404  403        403     403    200

join it                             201 | 404  201        409     409    409
join it by id and code              201        201        409     409    409
join it by id and a wrong code      201 | 404  201        409     409    409
join it by code alone               201        201        409     409    409
leave it                            409 | 404  409        200     200    200
leave it as its last leader         409 | 404  409        200     200    409

make a member admin                 403 | 404  403        403     403    200
make an admin leader                403 | 404  403        403     403    200
make an admin member                403 | 404  403        403     403    200
make a leader member                403 | 404  403        403     403    200
make oneself member                 403 | 404  403        403     403    200
make oneself leader                 403 | 404  403        403     403    200
make a stranger member              403 | 404  403        403     403    404
remove a member                     403 | 404  403        403     200    200
remove an admin                     403 | 404  403        403     403    200
remove a leader                     403 | 404  403        403     403    200
remove a stranger                   403 | 404  403        403     404    404
remove oneself                      403 | 404  403        200     200    200

invite a stranger                   403 | 404  403        403     201    201
invite a member                     403 | 404  403        403     409    409
list its invitations                403 | 404  403        403     200    200
take back an admin's invitation     404        404        404     200    200
take back a leader's invitation     404        404        404     403    200
take back what one received         404        403        404     403    200
accept one's invitation             404        200        404     404    404
decline one's invitation            404        200        404     404    404
accept another's invitation         404        404        404     404    404

community: add to its resources             no | 404  no  yes     yes    yes
community: change all its resources         no | 404  no  no      no     yes
leader_controlled: add to its resources     no | 404  no  no      no     yes
leader_controlled: change all its resources no | 404  no  no      no     yes
"""
ROLES = ("outsider", "invited", "member", "admin", "leader")
TYPES = ("community", "leader_controlled")
VISIBILITIES = ("public", "private")


@dataclass(frozen=True)
class Row:
    """What each role is answered, of a public and of a private group."""

    operation: str
    types: tuple[str, ...]
    cells: dict[str, tuple[str, str]]


def _rows() -> Iterator[Row]:
    lines = [line for line in MATRIX.splitlines() if line.strip()][1:]
    for line in lines:
        words = re.sub(r" *\| *", "|", line).split()
        only, _, operation = " ".join(words[: -len(ROLES)]).rpartition(": ")
        cells = words[-len(ROLES) :]
        assert len(cells) == len(ROLES), line
        both = {role: (cell.split("|") * 2)[:2] for role, cell in zip(ROLES, cells, strict=True)}
        yield Row(operation, (only,) if only else TYPES, {role: (one[0], one[1]) for role, one in both.items()})


@dataclass
class Scene:
    """A group with two of each role, an outsider, somebody invited, and a stranger who is neither."""

    group: dict[str, Any]
    actors: dict[str, Person]
    others: dict[str, Person]
    stranger: Person
    invitations: dict[str, str]

    def path(self, rest: str = "") -> str:
        return f"{API}/groups/{self.group['id']}{rest}"


Try = Callable[[Scene, Person], Awaitable[httpx2.Response]]


def _simple(method: str, rest: str = "", **body: Any) -> Try:
    async def attempt(scene: Scene, actor: Person) -> httpx2.Response:
        return await actor.client.request(method, scene.path(rest), json=body or None)

    return attempt


def _with_code(*, by_id: bool, code: str | None = None) -> Try:
    async def attempt(scene: Scene, actor: Person) -> httpx2.Response:
        body = {"invite_code": code or scene.group["invite_code"]}
        return await actor.client.post(scene.path("/join") if by_id else f"{API}/groups/join", json=body)

    return attempt


def _role(who: str, role: str) -> Try:
    async def attempt(scene: Scene, actor: Person) -> httpx2.Response:
        body = {"user_id": str(_who(scene, actor, who).id), "role": role}
        return await actor.client.patch(scene.path("/members/role"), json=body)

    return attempt


def _remove(who: str) -> Try:
    async def attempt(scene: Scene, actor: Person) -> httpx2.Response:
        return await actor.client.delete(scene.path(f"/members/{_who(scene, actor, who).id}"))

    return attempt


def _invite(who: str) -> Try:
    async def attempt(scene: Scene, actor: Person) -> httpx2.Response:
        return await actor.client.post(scene.path("/invite"), json={"user_id": str(_who(scene, actor, who).id)})

    return attempt


def _who(scene: Scene, actor: Person, who: str) -> Person:
    return actor if who == "oneself" else scene.stranger if who == "stranger" else scene.others[who]


def _invitation(method: str, whose: str, **body: Any) -> Try:
    """`whose`: the role of its sender (the very admin who acts, the other leader), or `own`: to the invited person."""

    async def attempt(scene: Scene, actor: Person) -> httpx2.Response:
        path = f"{API}/invitations/{scene.invitations[whose]}"
        return await actor.client.request(method, path + ("/respond" if body else ""), json=body or None)

    return attempt


async def _leave_as_last(scene: Scene, actor: Person) -> httpx2.Response:
    if actor is scene.actors["leader"]:
        await ask(scene.others["leader"], "DELETE", f"/groups/{scene.group['id']}/leave")
    return await actor.client.delete(scene.path("/leave"))


async def _list(scene: Scene, actor: Person) -> httpx2.Response:
    return await actor.client.get(f"{API}/groups", params={"per_page": 100})


OPERATIONS: dict[str, Try] = {
    "see it": _simple("GET"),
    "find it in the list": _list,
    "be told its members with it": _simple("GET"),
    "be told its code with it": _simple("GET"),
    "list its members": _simple("GET", "/members"),
    "see its figures": _simple("GET", "/stats"),
    "be told its open invitations there": _simple("GET", "/stats"),
    "change its settings": _simple("PATCH", name="Another name"),
    "close it": _simple("DELETE"),
    "renew its code": _simple("POST", "/invite-code"),
    "join it": _simple("POST", "/join"),
    "join it by id and code": _with_code(by_id=True),
    "join it by id and a wrong code": _with_code(by_id=True, code="00000-00000"),
    "join it by code alone": _with_code(by_id=False),
    "leave it": _simple("DELETE", "/leave"),
    "leave it as its last leader": _leave_as_last,
    "make a member admin": _role("member", "admin"),
    "make an admin leader": _role("admin", "leader"),
    "make an admin member": _role("admin", "member"),
    "make a leader member": _role("leader", "member"),
    "make oneself member": _role("oneself", "member"),
    "make oneself leader": _role("oneself", "leader"),
    "make a stranger member": _role("stranger", "member"),
    "remove a member": _remove("member"),
    "remove an admin": _remove("admin"),
    "remove a leader": _remove("leader"),
    "remove a stranger": _remove("stranger"),
    "remove oneself": _remove("oneself"),
    "invite a stranger": _invite("stranger"),
    "invite a member": _invite("member"),
    "list its invitations": _simple("GET", "/invitations"),
    "take back an admin's invitation": _invitation("DELETE", "admin"),
    "take back a leader's invitation": _invitation("DELETE", "leader"),
    "take back what one received": _invitation("DELETE", "own"),
    "accept one's invitation": _invitation("POST", "own", response="accept"),
    "decline one's invitation": _invitation("POST", "own", response="decline"),
    "accept another's invitation": _invitation("POST", "admin", response="accept"),
    "add to its resources": _simple("GET", "/can-manage-resources"),
    "change all its resources": _simple("GET", "/can-manage-resources"),
}
# What is read from an answer of 200 where the table says yes or no.
TOLD: dict[str, Callable[[dict[str, Any], Scene], bool]] = {
    "find it in the list": lambda data, scene: scene.group["id"] in [one["id"] for one in data["groups"]],
    "be told its members with it": lambda data, _: data["group"]["members"] is not None,
    "be told its code with it": lambda data, scene: data["group"]["invite_code"] == scene.group["invite_code"],
    "be told its open invitations there": lambda data, _: data["stats"]["open_invitation_count"] == 3,
    "add to its resources": lambda data, _: data["can_add"],
    "change all its resources": lambda data, _: data["can_manage_all"],
}


async def _scene(people: dict[str, Person], group_type: str, visibility: str) -> Scene:
    leader = people["leader"]
    group = await make(leader, group_type=group_type, visibility=visibility)
    group["invite_code"] = (await ask(leader, "POST", f"/groups/{group['id']}/invite-code"))["invite_code"]
    for role in ("member", "admin", "leader"):
        for name in (role, f"other {role}"):
            if name != "leader":
                await bring_in(group, leader, people[name], role=role)
    invitations = {
        "admin": await invite(people["admin"], group, people["asked 1"]),
        "leader": await invite(people["other leader"], group, people["asked 2"]),
        "own": await invite(people["other leader"], group, people["invited"]),
    }
    return Scene(
        group,
        {role: people[role] for role in ROLES},
        {role: people[f"other {role}"] for role in ("member", "admin", "leader")},
        people["stranger"],
        invitations,
    )


@pytest.fixture
async def people(person: MakePerson) -> dict[str, Person]:
    others = ("other member", "other admin", "other leader", "asked 1", "asked 2", "stranger")
    return {name: await person() for name in (*ROLES, *others)}


def _answered(operation: str, answer: httpx2.Response, scene: Scene) -> str:
    if operation in TOLD and answer.status_code == 200:
        return "yes" if TOLD[operation](answer.json()["data"], scene) else "no"
    return str(answer.status_code)


def test_the_matrix_and_the_operations_are_the_same() -> None:
    assert {row.operation for row in _rows()} == set(OPERATIONS)


@pytest.mark.parametrize("visibility", VISIBILITIES)
@pytest.mark.parametrize("group_type", TYPES)
async def test_the_matrix(people: dict[str, Person], resources: Resources, group_type: str, visibility: str) -> None:
    scene = await _scene(people, group_type, visibility)
    connection: Any = resources.database._connection  # type: ignore[attr-defined]  # each attempt is rolled back
    wrong, tried = [], 0
    for row in _rows():
        if group_type not in row.types:
            continue
        for role, cell in row.cells.items():
            undone = await connection.begin_nested()
            answer = await OPERATIONS[row.operation](scene, scene.actors[role])
            await undone.rollback()
            tried += 1
            expected, got = cell[VISIBILITIES.index(visibility)], _answered(row.operation, answer, scene)
            if got != expected:
                wrong.append(f"{role}, {row.operation}: {got} instead of {expected}; {answer.text[:150]}")
    assert wrong == []
    assert tried == 39 * len(ROLES)
