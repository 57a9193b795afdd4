"""What lower domains need from higher ones."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from studyhall.domains.account import ports as account_ports
from studyhall.domains.billing import public as billing
from studyhall.domains.chapters import ports as chapters_ports
from studyhall.domains.chapters import public as chapters
from studyhall.domains.content import ports as content_ports
from studyhall.domains.content import public as content
from studyhall.domains.courses import ports as courses_ports
from studyhall.domains.courses import public as courses
from studyhall.domains.credentials import public as credentials
from studyhall.domains.grades import public as grades
from studyhall.domains.groups import ports as groups_ports
from studyhall.domains.groups import public as groups
from studyhall.domains.guidance import ports as guidance_ports
from studyhall.domains.identity import ports as identity_ports
from studyhall.domains.mails import ports as mails_ports
from studyhall.domains.mails.public import Template
from studyhall.domains.people import ports as people_ports
from studyhall.domains.quizzes import public as quizzes
from studyhall.domains.reports import ports as reports_ports
from studyhall.domains.reports import public as reports
from studyhall.domains.roles import public as roles
from studyhall.domains.search import ports as search_ports
from studyhall.domains.streaks import public as streaks
from studyhall.domains.study import public as study
from studyhall.entrypoints.forgetting import keepers
from studyhall.entrypoints.wiring.parts import TABLES
from studyhall.platform.auth import Entitlements
from studyhall.platform.clients.mail import Attachment
from studyhall.platform.privacy import Keeper
from studyhall.platform.resources import Resources
from studyhall.platform.uow import UnitOfWork


async def _seconds_studied(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, int]:
    return {user_id: totals.total_seconds for user_id, totals in (await study.totals(uow, user_ids)).items()}


def _keepers() -> Sequence[Keeper]:
    return keepers(TABLES)


async def _streak_days(uow: UnitOfWork, user_id: UUID, today: date) -> int:
    return (await streaks.streaks(uow, {user_id: today}))[user_id].current


async def _enclosures(
    resources: Resources, template: Template, user_id: UUID, values: Mapping[str, Any]
) -> Sequence[Attachment]:
    """The weekly report as PDF goes with its mail, but for a week of which there is nothing to tell."""
    if template is not Template.WEEKLY_REPORT or "report_id" not in values:
        return ()
    made = await reports.report_pdf(resources, user_id, date.fromisoformat(values["first"]))
    return () if made is None else (Attachment(f"studyhall-{values['first']}.pdf", "application/pdf", made),)


def _sources() -> Sequence[search_ports.Source]:
    """Everything that can be found, for making the index anew."""
    return chapters.CourseDocuments(), chapters.ChapterDocuments(), content.IndexedContent()


# What lower domains need from higher ones: Protocol -> implementation.
PORTS: dict[type[Any], Any] = {
    identity_ports.SecondFactor: credentials.Challenges(),
    Entitlements: billing.require_entitlement,
    content_ports.Interests: content_ports.none_known,
    account_ports.Keepers: _keepers,
    identity_ports.RoleNames: roles.names_of,
    people_ports.UserTotals: _seconds_studied,
    search_ports.AccessKeys: search_ports.joined(courses.access_keys, groups.access_keys),
    search_ports.Sources: _sources,
    courses_ports.StudiedTime: study.StudiedCourseTime(),
    guidance_ports.WeakTopics: guidance_ports.none_known,
    reports_ports.WeakTopics: reports_ports.none_known,
    groups_ports.GroupStudy: study.StudyOfGroups(),
    courses_ports.EarnedGrades: grades.GradesOfCourse(),
    courses_ports.ReadChapters: chapters.CourseReadings(),
    chapters_ports.QuizScores: quizzes.scores_of_course,
    chapters_ports.CurrentStreaks: _streak_days,
    mails_ports.Enclosures: _enclosures,
    chapters_ports.LastStudied: study.last_studied,
}
