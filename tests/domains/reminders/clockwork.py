"""Reminders at a moved clock: the real sweep, the real job table, and people who live in some zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from studyhall.domains.identity import public as identity
from studyhall.domains.reminders.jobs import sweep
from studyhall.domains.reminders.models import ReminderDelivery
from studyhall.entrypoints import wiring
from studyhall.platform import clock
from studyhall.platform.clients.mail import OutgoingMail, RecordingMail
from studyhall.platform.jobs import Periodic, Ran, drain
from studyhall.platform.resources import Resources
from tests.conftest import Person

HOURS = Periodic(sweep.job, "0 * * * *")
"""The sweep as often as the times of most tests need it."""
TURNS = Periodic(sweep.job, "0 6,19,20 * * *")
"""The sweep at the three moments that matter in Berlin's winter: seven, eight and nine o'clock."""


def at(text: str) -> datetime:
    """A moment from ISO 8601 with its offset."""
    return datetime.fromisoformat(text)


async def live(resources: Resources, start: datetime, end: datetime, periodic: Periodic = sweep) -> list[Ran]:
    """Let the time pass from `start` (exclusive for ticks) to `end` (inclusive)."""
    with clock.frozen_at(start):
        return await drain(resources, wiring.JOBS, end, periodic=[periodic])


async def confirm(resources: Resources, who: Person) -> None:
    """The address is the person's own, so that digests go there."""
    async with resources.unit_of_work() as uow:
        await identity.confirm_email(uow, who.id)


async def ask(who: Person, moment: datetime, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """Ask at that moment, signed in anew, as tokens do not live as long as these stories."""
    with clock.frozen_at(moment):
        signed_in = await who.client.post("/api/v1/auth/login", json={"email": who.email, "password": who.password})
        assert signed_in.status_code == 200, signed_in.text
        token = signed_in.json()["data"]["tokens"]["access_token"]
        head = {"Authorization": f"Bearer {token}"}
        answer = await who.client.request(method, f"/api/v1{path}", json=body and dict(body), headers=head)
    assert answer.status_code < 300, answer.text
    return answer.json()["data"]


async def prefer(who: Person, moment: datetime, **changes: Any) -> None:
    """Change preferences."""
    await ask(who, moment, "PUT", "/settings/preferences", changes)


async def bell(who: Person, moment: datetime, kind: str) -> list[dict[str, Any]]:
    """Notifications of a type."""
    found: list[dict[str, Any]] = (await ask(who, moment, "GET", f"/notifications?type={kind}"))["notifications"]
    return found


async def deliveries(resources: Resources, who: Person, kind: str) -> list[ReminderDelivery]:
    """What the person was told or not, in order of the periods."""
    async with resources.unit_of_work() as uow:
        found = select(ReminderDelivery).where(ReminderDelivery.user_id == who.id, ReminderDelivery.kind == kind)
        found = found.order_by(ReminderDelivery.period).execution_options(populate_existing=True)
        return list((await uow.session.scalars(found)).all())


def outbox(resources: Resources) -> RecordingMail:
    assert isinstance(resources.mail, RecordingMail)
    return resources.mail


def mails_to(resources: Resources, who: Person, subjects: str) -> list[OutgoingMail]:
    """Mails whose subject begins so."""
    return [one for one in outbox(resources).sent if one.to == who.email and one.subject.startswith(subjects)]


async def a_course(who: Person, moment: datetime, name: str = "Botany") -> str:
    course = {"name": name, "code": "B1", "credits": 3, "semester": "S1"}
    return str((await ask(who, moment, "POST", "/courses", course))["course"]["id"])


async def plan(who: Person, moment: datetime, course: str, day: str) -> None:
    """An hour and a half from half past five."""
    fields = {"course_id": course, "topic": "Mosses", "date": day, "start_time": "17:30", "planned_duration": 90}
    fields |= {"priority": "high", "study_type": "review"}
    await ask(who, moment, "POST", "/planning/plans", fields)


async def assign(who: Person, moment: datetime, course: str, title: str, due: str) -> str:
    """Something to hand in; its id."""
    fields = {"course_id": course, "title": title, "due_date": due, "priority": "high"}
    return str((await ask(who, moment, "POST", "/assignments", fields))["assignment"]["id"])
