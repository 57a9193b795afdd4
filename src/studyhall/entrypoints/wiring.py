"""The only place that knows everything: routers, who reacts to what, jobs, sockets, ports, how a process opens."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import httpx2
from redis.asyncio import Redis

from studyhall.domains.academics import events as academics_events
from studyhall.domains.academics import jobs as academics_jobs
from studyhall.domains.academics import models as academics_models
from studyhall.domains.academics import subscribers as academics_subscribers
from studyhall.domains.academics.routes import router as academics_router
from studyhall.domains.account import jobs as account_jobs
from studyhall.domains.account import models as account_models
from studyhall.domains.account import ports as account_ports
from studyhall.domains.account.routes import router as account_router
from studyhall.domains.ai import models as ai_models
from studyhall.domains.ai.routes import router as ai_router
from studyhall.domains.assignments import events as assignments_events
from studyhall.domains.assignments import jobs as assignments_jobs
from studyhall.domains.assignments import models as assignments_models
from studyhall.domains.assignments import subscribers as assignments_subscribers
from studyhall.domains.assignments.routes import router as assignments_router
from studyhall.domains.audit import jobs as audit_jobs
from studyhall.domains.audit import models as audit_models
from studyhall.domains.audit import subscribers as audit_subscribers
from studyhall.domains.audit.routes import admin_router as admin_audit_router
from studyhall.domains.audit.routes import router as audit_router
from studyhall.domains.billing import jobs as billing_jobs
from studyhall.domains.billing import models as billing_models
from studyhall.domains.billing import public as billing
from studyhall.domains.billing.routes import admin_router as billing_admin_router
from studyhall.domains.billing.routes import router as billing_router
from studyhall.domains.chapters import events as chapters_events
from studyhall.domains.chapters import jobs as chapters_jobs
from studyhall.domains.chapters import models as chapters_models
from studyhall.domains.chapters import ports as chapters_ports
from studyhall.domains.chapters import public as chapters
from studyhall.domains.chapters import subscribers as chapters_subscribers
from studyhall.domains.chapters.routes import progress_router as course_progress_router
from studyhall.domains.chapters.routes import router as chapters_router
from studyhall.domains.chat import models as chat_models
from studyhall.domains.chat import realtime as chat_realtime
from studyhall.domains.chat import subscribers as chat_subscribers
from studyhall.domains.chat.routes import router as chat_router
from studyhall.domains.content import jobs as content_jobs
from studyhall.domains.content import models as content_models
from studyhall.domains.content import ports as content_ports
from studyhall.domains.content import public as content
from studyhall.domains.content.routes import admin_router as content_admin_router
from studyhall.domains.content.routes import router as content_router
from studyhall.domains.courses import events as courses_events
from studyhall.domains.courses import models as courses_models
from studyhall.domains.courses import ports as courses_ports
from studyhall.domains.courses import public as courses
from studyhall.domains.courses import subscribers as courses_subscribers
from studyhall.domains.courses.routes import router as courses_router
from studyhall.domains.credentials import events as credentials_events
from studyhall.domains.credentials import jobs as credentials_jobs
from studyhall.domains.credentials import models as credentials_models
from studyhall.domains.credentials import public as credentials
from studyhall.domains.credentials import subscribers as credentials_subscribers
from studyhall.domains.credentials.routes.passwords import router as passwords_router
from studyhall.domains.credentials.routes.passwords import settings_router as password_change_router
from studyhall.domains.credentials.routes.tokens import router as tokens_router
from studyhall.domains.credentials.routes.two_factor import router as two_factor_router
from studyhall.domains.exchange import jobs as exchange_jobs
from studyhall.domains.exchange import models as exchange_models
from studyhall.domains.exchange.routes import router as exchange_router
from studyhall.domains.feeds import models as feeds_models
from studyhall.domains.feeds import subscribers as feeds_subscribers
from studyhall.domains.feeds.routes import calendar_router
from studyhall.domains.feeds.routes import router as feeds_router
from studyhall.domains.files import jobs as files_jobs
from studyhall.domains.files import models as files_models
from studyhall.domains.files.routes import router as files_router
from studyhall.domains.friends import events as friends_events
from studyhall.domains.friends import jobs as friends_jobs
from studyhall.domains.friends import models as friends_models
from studyhall.domains.friends import subscribers as friends_subscribers
from studyhall.domains.friends.routes import router as friends_router
from studyhall.domains.gamification import events as gamification_events
from studyhall.domains.gamification import models as gamification_models
from studyhall.domains.gamification import subscribers as gamification_subscribers
from studyhall.domains.gamification.routes import router as gamification_router
from studyhall.domains.gradebooks.routes import router as gradebooks_router
from studyhall.domains.grades import events as grades_events
from studyhall.domains.grades import models as grades_models
from studyhall.domains.grades import public as grades
from studyhall.domains.grades import subscribers as grades_subscribers
from studyhall.domains.grades.routes import router as grades_router
from studyhall.domains.groups import events as groups_events
from studyhall.domains.groups import jobs as groups_jobs
from studyhall.domains.groups import models as groups_models
from studyhall.domains.groups import ports as groups_ports
from studyhall.domains.groups import public as groups
from studyhall.domains.groups import subscribers as groups_subscribers
from studyhall.domains.groups.routes import router as groups_router
from studyhall.domains.guidance import jobs as guidance_jobs
from studyhall.domains.guidance import ports as guidance_ports
from studyhall.domains.guidance.routes import router as guidance_router
from studyhall.domains.identity import events as identity_events
from studyhall.domains.identity import jobs as identity_jobs
from studyhall.domains.identity import models as identity_models
from studyhall.domains.identity import ports as identity_ports
from studyhall.domains.identity import public as identity
from studyhall.domains.identity import subscribers as identity_subscribers
from studyhall.domains.identity.routes.auth import router as auth_router
from studyhall.domains.identity.routes.sessions import router as sessions_router
from studyhall.domains.leaderboards import jobs as leaderboards_jobs
from studyhall.domains.leaderboards import models as leaderboards_models
from studyhall.domains.leaderboards import subscribers as leaderboards_subscribers
from studyhall.domains.leaderboards.routes import router as leaderboards_router
from studyhall.domains.mails import events as mails_events
from studyhall.domains.mails import jobs as mails_jobs
from studyhall.domains.mails import models as mails_models
from studyhall.domains.mails import ports as mails_ports
from studyhall.domains.mails import subscribers as mails_subscribers
from studyhall.domains.mails.public import Template
from studyhall.domains.mails.routes import router as mails_router
from studyhall.domains.notifications import events as notifications_events
from studyhall.domains.notifications import models as notifications_models
from studyhall.domains.notifications import realtime as notifications_realtime
from studyhall.domains.notifications import subscribers as notifications_subscribers
from studyhall.domains.notifications.routes import router as notifications_router
from studyhall.domains.overview import subscribers as overview_subscribers
from studyhall.domains.overview.routes import router as overview_router
from studyhall.domains.people import events as people_events
from studyhall.domains.people import models as people_models
from studyhall.domains.people import ports as people_ports
from studyhall.domains.people import subscribers as people_subscribers
from studyhall.domains.people.routes.onboarding import router as onboarding_router
from studyhall.domains.people.routes.profiles import router as profiles_router
from studyhall.domains.people.routes.settings import router as settings_router
from studyhall.domains.planning import events as planning_events
from studyhall.domains.planning import jobs as planning_jobs
from studyhall.domains.planning import models as planning_models
from studyhall.domains.planning import subscribers as planning_subscribers
from studyhall.domains.planning.routes import router as planning_router
from studyhall.domains.push import jobs as push_jobs
from studyhall.domains.push import models as push_models
from studyhall.domains.push import subscribers as push_subscribers
from studyhall.domains.push.routes import router as push_router
from studyhall.domains.questions import models as questions_models
from studyhall.domains.quizzes import jobs as quizzes_jobs
from studyhall.domains.quizzes import models as quizzes_models
from studyhall.domains.quizzes import public as quizzes
from studyhall.domains.quizzes import subscribers as quizzes_subscribers
from studyhall.domains.quizzes.routes import course_router as course_quizzes_router
from studyhall.domains.quizzes.routes import router as quizzes_router
from studyhall.domains.reference import models as reference_models
from studyhall.domains.reference.routes import router as reference_router
from studyhall.domains.reminders import jobs as reminders_jobs
from studyhall.domains.reminders import models as reminders_models
from studyhall.domains.reminders import subscribers as reminders_subscribers
from studyhall.domains.reports import jobs as reports_jobs
from studyhall.domains.reports import models as reports_models
from studyhall.domains.reports import ports as reports_ports
from studyhall.domains.reports import public as reports
from studyhall.domains.reports.routes import router as reports_router
from studyhall.domains.roles import models as roles_models
from studyhall.domains.roles import public as roles
from studyhall.domains.roles import subscribers as roles_subscribers
from studyhall.domains.roles.routes import router as roles_router
from studyhall.domains.search import jobs as search_jobs
from studyhall.domains.search import models as search_models
from studyhall.domains.search import ports as search_ports
from studyhall.domains.search.routes import router as search_router
from studyhall.domains.sign_on import jobs as sign_on_jobs
from studyhall.domains.sign_on import models as sign_on_models
from studyhall.domains.sign_on import public as sign_on
from studyhall.domains.sign_on.routes import router as sign_on_router
from studyhall.domains.streaks import events as streaks_events
from studyhall.domains.streaks import models as streaks_models
from studyhall.domains.streaks import public as streaks
from studyhall.domains.streaks import subscribers as streaks_subscribers
from studyhall.domains.streaks.routes import router as streaks_router
from studyhall.domains.study import events as study_events
from studyhall.domains.study import models as study_models
from studyhall.domains.study import public as study
from studyhall.domains.study import subscribers as study_subscribers
from studyhall.domains.study.routes import router as study_router
from studyhall.domains.study_analytics.routes import router as study_analytics_router
from studyhall.domains.subjects import models as subjects_models
from studyhall.domains.subjects.routes import router as subjects_router
from studyhall.domains.tasks import models as tasks_models
from studyhall.domains.tasks.routes import router as tasks_router
from studyhall.domains.undo import events as undo_events
from studyhall.domains.undo import models as undo_models
from studyhall.domains.undo.jobs import forget_offers
from studyhall.domains.undo.routes import router as undo_router
from studyhall.entrypoints.forgetting import keepers
from studyhall.entrypoints.health import router as health_router
from studyhall.entrypoints.retention import keep_periods
from studyhall.platform.auth import Actor, Entitlements
from studyhall.platform.cache import Cache
from studyhall.platform.clients.embedding import LocalEmbedding
from studyhall.platform.clients.http import Fetcher
from studyhall.platform.clients.mail import Attachment, mail_from_settings
from studyhall.platform.clients.model_process import ENGINE, ModelProcess
from studyhall.platform.clients.ocr import ocr_from_settings
from studyhall.platform.clients.payments import payments_from_settings
from studyhall.platform.clients.storage import Storage
from studyhall.platform.crypto import Keys
from studyhall.platform.database import Base, Database
from studyhall.platform.events import Audited, Event
from studyhall.platform.jobs import HOUSEKEEPING, Job, Periodic
from studyhall.platform.privacy import Keeper
from studyhall.platform.ratelimit import RateLimiter
from studyhall.platform.realtime import NOTIFY_CHANNEL, Channel, Message, Realtime
from studyhall.platform.resources import Resources
from studyhall.platform.settings import Settings
from studyhall.platform.uow import Subscribers, UnitOfWork
from studyhall.platform.web import Router, idempotency

# Every module with tables, so that the schema is whole wherever this module is loaded.
TABLES: Sequence[Any] = (
    idempotency,
    files_models,
    audit_models,
    identity_models,
    roles_models,
    credentials_models,
    sign_on_models,
    people_models,
    ai_models,
    mails_models,
    notifications_models,
    billing_models,
    push_models,
    search_models,
    tasks_models,
    undo_models,
    subjects_models,
    courses_models,
    questions_models,
    quizzes_models,
    groups_models,
    chat_models,
    friends_models,
    chapters_models,
    content_models,
    exchange_models,
    academics_models,
    assignments_models,
    grades_models,
    planning_models,
    feeds_models,
    study_models,
    streaks_models,
    gamification_models,
    leaderboards_models,
    reference_models,
    reports_models,
    account_models,
    reminders_models,
)
METADATA = Base.metadata

ROUTERS: Sequence[Router] = (
    health_router,
    files_router,
    auth_router,
    passwords_router,
    sign_on_router,
    two_factor_router,
    sessions_router,
    tokens_router,
    profiles_router,
    onboarding_router,
    settings_router,
    audit_router,
    admin_audit_router,
    roles_router,
    password_change_router,
    ai_router,
    mails_router,
    notifications_router,
    billing_router,
    billing_admin_router,
    push_router,
    search_router,
    tasks_router,
    undo_router,
    subjects_router,
    courses_router,
    groups_router,
    chat_router,
    friends_router,
    chapters_router,
    content_router,
    content_admin_router,
    course_progress_router,
    exchange_router,
    course_quizzes_router,
    quizzes_router,
    academics_router,
    assignments_router,
    grades_router,
    gradebooks_router,
    planning_router,
    guidance_router,
    feeds_router,
    calendar_router,
    study_analytics_router,
    study_router,
    streaks_router,
    gamification_router,
    leaderboards_router,
    overview_router,
    reports_router,
    reference_router,
    account_router,
)

# What follows from what: each fact with those who react to it, in the same transaction and in this order.
SUBSCRIBERS: Subscribers = {
    Audited: [audit_subscribers.write_audit, overview_subscribers.drop_dashboard_on_act],
    identity_events.SessionsEnded: [
        identity_subscribers.forget_actor,
        identity_subscribers.close_sockets,
        push_subscribers.forget_browsers_of_sessions,
    ],
    identity_events.AccountClosed: [
        identity_subscribers.forget_actor,
        identity_subscribers.close_all_sockets,
        groups_subscribers.hand_over,
        push_subscribers.forget_browsers,
        leaderboards_subscribers.follow_listing,
    ],
    notifications_events.Notified: [push_subscribers.tell_browsers],
    identity_events.AccountRestored: [groups_subscribers.welcome_back, leaderboards_subscribers.follow_listing],
    identity_events.PreferencesChanged: [
        identity_subscribers.forget_actor,
        reminders_subscribers.follow_preferences,
        leaderboards_subscribers.follow_listing,
    ],
    identity_events.UserRegistered: [
        roles_subscribers.give_first_role,
        people_subscribers.begin_study_preferences,
        credentials_subscribers.ask_to_verify,
        mails_subscribers.mail_welcome,
        notifications_subscribers.welcome,
        reminders_subscribers.begin,
        friends_subscribers.deliver_waiting_requests_at_once,
    ],
    identity_events.EmailVerified: [
        mails_subscribers.follow_confirmed_address,
        friends_subscribers.deliver_waiting_requests,
    ],
    groups_events.MemberJoined: [chat_subscribers.begin_reading, gamification_subscribers.look_at_achievements],
    groups_events.MemberLeft: [chat_subscribers.end_reading, study_subscribers.follow_member_left],
    people_events.PersonBlocked: [friends_subscribers.part],
    credentials_events.VerificationRequested: [mails_subscribers.mail_code],
    credentials_events.PasswordResetRequested: [mails_subscribers.mail_reset_link],
    identity_events.PasswordChanged: [
        credentials_subscribers.close_open_ways,
        notifications_subscribers.tell_password_changed,
    ],
    identity_events.NewDeviceSeen: [notifications_subscribers.tell_new_device],
    identity_events.AccountLocked: [notifications_subscribers.tell_locked],
    credentials_events.TwoFactorChanged: [notifications_subscribers.tell_two_factor],
    mails_events.AddressBounced: [notifications_subscribers.tell_bounced],
    assignments_events.AssignmentCreated: [reminders_subscribers.follow_due_date],
    assignments_events.AssignmentChanged: [reminders_subscribers.follow_due_date],
    assignments_events.AssignmentRestored: [reminders_subscribers.follow_due_date],
    assignments_events.AssignmentOverdue: [reminders_subscribers.follow_overdue],
    courses_events.CourseCreated: [chapters_subscribers.index_course],
    courses_events.CourseChanged: [chapters_subscribers.index_course],
    courses_events.CoursePublished: [chapters_subscribers.follow_access],
    courses_events.CourseDeleted: [chapters_subscribers.follow_access],
    courses_events.CourseRestored: [chapters_subscribers.follow_access],
    chapters_events.ChaptersChanged: [chapters_subscribers.index_chapters],
    chapters_events.ChaptersDeleted: [chapters_subscribers.forget_chapters],
    undo_events.UndoAsked: [
        courses_subscribers.restore_on_undo,
        groups_subscribers.restore_on_undo,
        chapters_subscribers.restore_on_undo,
        quizzes_subscribers.restore_on_undo,
        academics_subscribers.restore_on_undo,
        assignments_subscribers.restore_on_undo,
        grades_subscribers.restore_on_undo,
        planning_subscribers.restore_on_undo,
        study_subscribers.restore_sessions,
    ],
    planning_events.PlanCompleted: [
        streaks_subscribers.count_completed_plan,
        study_subscribers.count_completed_plan,
        gamification_subscribers.look_at_achievements,
    ],
    planning_events.PlanDeleted: [streaks_subscribers.follow_deleted_plan],
    planning_events.PlanRestored: [
        streaks_subscribers.follow_restored_plan,
        gamification_subscribers.look_at_achievements,
    ],
    identity_events.CalendarMoved: [streaks_subscribers.follow_calendar],
    study_events.StudySessionEnded: [
        study_subscribers.follow_counted_time,
        streaks_subscribers.hear_of_days,
        gamification_subscribers.pay_ended_session,
        leaderboards_subscribers.count_ended_session,
    ],
    study_events.StudySessionChanged: [
        study_subscribers.follow_counted_time,
        streaks_subscribers.hear_of_days,
        gamification_subscribers.pay_changed_session,
        leaderboards_subscribers.count_changed_session,
    ],
    study_events.StudySessionDeleted: [
        study_subscribers.follow_counted_time,
        streaks_subscribers.hear_of_days,
        gamification_subscribers.take_back_session,
        leaderboards_subscribers.count_deleted_session,
    ],
    streaks_events.StudyDayMarked: [streaks_subscribers.hear_of_days],
    streaks_events.StreakCausesChanged: [streaks_subscribers.follow_causes],
    streaks_events.StreakChanged: [gamification_subscribers.look_at_achievements],
    chapters_events.ChapterCompleted: [
        streaks_subscribers.count_completed_chapter,
        gamification_subscribers.pay_chapter,
    ],
    assignments_events.AssignmentCompleted: [gamification_subscribers.look_at_achievements],
    grades_events.GradeRecorded: [gamification_subscribers.look_at_achievements],
    grades_events.GradeChanged: [gamification_subscribers.look_at_achievements],
    grades_events.GradeRestored: [gamification_subscribers.look_at_achievements],
    grades_events.GradesImported: [gamification_subscribers.look_at_achievements],
    friends_events.FriendsMade: [gamification_subscribers.look_at_both_friends],
    gamification_events.AchievementsDue: [gamification_subscribers.follow_causes],
}

# What the dashboard shows: each of these throws the person's kept one away.
_ON_THE_DASHBOARD: Sequence[type[Event]] = (
    identity_events.PreferencesChanged,
    courses_events.CourseCreated,
    courses_events.CourseChanged,
    courses_events.CoursePublished,
    courses_events.CourseTaken,
    courses_events.CourseLeft,
    courses_events.CourseDeleted,
    courses_events.CourseRestored,
    academics_events.TimetableChanged,
    assignments_events.AssignmentCreated,
    assignments_events.AssignmentChanged,
    assignments_events.AssignmentCompleted,
    assignments_events.AssignmentOverdue,
    assignments_events.AssignmentDeleted,
    assignments_events.AssignmentRestored,
    grades_events.GradeRecorded,
    grades_events.GradeChanged,
    grades_events.GradeDeleted,
    grades_events.GradeRestored,
    grades_events.GradesImported,
    grades_events.GradingChanged,
    planning_events.PlanCreated,
    planning_events.PlanChanged,
    planning_events.PlanCompleted,
    planning_events.PlanDeleted,
    planning_events.PlanRestored,
    study_events.StudySessionStarted,
    study_events.StudySessionMoved,
    study_events.StudySessionEnded,
    study_events.StudySessionChanged,
    study_events.StudySessionDeleted,
    streaks_events.StreakCausesChanged,
)
# What a calendar feed shows: each of these makes the person's feed another one.
_IN_THE_FEED: Sequence[type[Event]] = (
    academics_events.TimetableChanged,
    assignments_events.AssignmentCreated,
    assignments_events.AssignmentChanged,
    assignments_events.AssignmentCompleted,
    assignments_events.AssignmentOverdue,
    assignments_events.AssignmentDeleted,
    assignments_events.AssignmentRestored,
    planning_events.PlanCreated,
    planning_events.PlanChanged,
    planning_events.PlanCompleted,
    planning_events.PlanDeleted,
    planning_events.PlanRestored,
)
for _shown, _follow in (
    (_ON_THE_DASHBOARD, overview_subscribers.drop_dashboard),
    (_IN_THE_FEED, feeds_subscribers.mark_changed),
):
    SUBSCRIBERS = {**SUBSCRIBERS, **{one: [*SUBSCRIBERS.get(one, ()), _follow] for one in _shown}}

JOBS: Sequence[Job] = (
    account_jobs.erase,
    account_jobs.make_export,
    academics_jobs.read_timetable,
    billing_jobs.end_payment,
    chapters_jobs.index,
    exchange_jobs.export_course,
    exchange_jobs.import_course,
    content_jobs.crawl,
    files_jobs.delete_objects,
    friends_jobs.tell_of_request,
    guidance_jobs.suggest_week,
    mails_jobs.send_mail,
    push_jobs.tell_browser,
    reminders_jobs.tell,
    search_jobs.embed,
    search_jobs.learn_words,
)
PERIODIC: Sequence[Periodic] = (
    *HOUSEKEEPING,
    keep_periods,
    identity_jobs.forget,
    credentials_jobs.forget,
    sign_on_jobs.forget,
    audit_jobs.forget,
    files_jobs.purge,
    mails_jobs.settle_mails,
    billing_jobs.forget,
    content_jobs.crawl_due,
    reminders_jobs.sweep,
    reminders_jobs.forget,
    search_jobs.look_for_pending,
    search_jobs.tidy_words,
    planning_jobs.mark_missed,
    assignments_jobs.mark_overdue,
    reports_jobs.close_weeks,
    leaderboards_jobs.take_snapshot,
    leaderboards_jobs.forget,
    groups_jobs.expire_invitations,
    quizzes_jobs.grade_overdue,
    friends_jobs.forget,
    forget_offers,
    account_jobs.erase_due,
    account_jobs.settle_exports,
    exchange_jobs.settle,
)

CHANNELS: Sequence[Channel] = (
    NOTIFY_CHANNEL,
    chat_realtime.GROUP_CHANNEL,
)
MESSAGES: Sequence[Message[Any]] = (
    *notifications_realtime.MESSAGES,
    *chat_realtime.MESSAGES,
)


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


async def authenticate(resources: Resources, token: str) -> Actor:
    """The actor behind a bearer token: a personal one, a trusted provider's, or else one of our own access tokens.

    Raises:
        Unauthorized, Forbidden: what the domain that knows such tokens refuses.
        Unavailable: a provider's keys cannot be had now.
    """
    if credentials.is_personal(token):
        return await credentials.authenticate(resources, token)
    provider = sign_on.provider_of(resources, token)
    if provider is not None:
        return await sign_on.authenticate(resources, provider, token)
    return await identity.authenticate(resources, token)


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Everything a process needs, opened in order and closed in reverse. Raises when a part does not answer."""
    async with AsyncExitStack() as stack:
        keys = Keys.from_settings(settings)
        database = await Database.connect(settings)
        stack.push_async_callback(database.close)
        redis_url = settings.redis_url
        if redis_url is None:
            raise RuntimeError("no Redis address: start through `studyhall serve`, or set STUDYHALL_REDIS_URL.")
        redis = Redis.from_url(redis_url)
        stack.push_async_callback(redis.aclose)
        realtime = Realtime(redis, redis_url)
        stack.push_async_callback(realtime.close)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=10))
        models = ModelProcess(ENGINE)
        stack.push_async_callback(models.close)
        fetcher = Fetcher()
        stack.push_async_callback(fetcher.aclose)
        yield Resources(
            settings=settings,
            keys=keys,
            database=database,
            redis=redis,
            cache=Cache(redis),
            limiter=RateLimiter(redis, enabled=settings.rate_limits_enabled),
            realtime=realtime,
            mail=mail_from_settings(settings),
            storage=Storage.from_settings(settings, keys),
            http=http,
            fetcher=fetcher,
            authenticator=authenticate,
            subscribers=SUBSCRIBERS,
            ports=PORTS,
            payments=payments_from_settings(settings, http),
            ocr=ocr_from_settings(settings, http, models),
            embedding=LocalEmbedding(models),
        )
