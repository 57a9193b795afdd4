"""What every domain puts into the whole: tables, routers, jobs, channels and messages."""

from collections.abc import Sequence
from typing import Any

from studyhall.domains.academics import jobs as academics_jobs
from studyhall.domains.academics import models as academics_models
from studyhall.domains.academics.routes import router as academics_router
from studyhall.domains.account import jobs as account_jobs
from studyhall.domains.account import models as account_models
from studyhall.domains.account.routes import router as account_router
from studyhall.domains.ai import models as ai_models
from studyhall.domains.ai.routes import router as ai_router
from studyhall.domains.assignments import jobs as assignments_jobs
from studyhall.domains.assignments import models as assignments_models
from studyhall.domains.assignments.routes import router as assignments_router
from studyhall.domains.audit import jobs as audit_jobs
from studyhall.domains.audit import models as audit_models
from studyhall.domains.audit.routes import admin_router as admin_audit_router
from studyhall.domains.audit.routes import router as audit_router
from studyhall.domains.billing import jobs as billing_jobs
from studyhall.domains.billing import models as billing_models
from studyhall.domains.billing.routes import admin_router as billing_admin_router
from studyhall.domains.billing.routes import router as billing_router
from studyhall.domains.chapters import jobs as chapters_jobs
from studyhall.domains.chapters import models as chapters_models
from studyhall.domains.chapters.routes import progress_router as course_progress_router
from studyhall.domains.chapters.routes import router as chapters_router
from studyhall.domains.chat import models as chat_models
from studyhall.domains.chat import realtime as chat_realtime
from studyhall.domains.chat.routes import router as chat_router
from studyhall.domains.content import jobs as content_jobs
from studyhall.domains.content import models as content_models
from studyhall.domains.content.routes import admin_router as content_admin_router
from studyhall.domains.content.routes import router as content_router
from studyhall.domains.courses import models as courses_models
from studyhall.domains.courses.routes import router as courses_router
from studyhall.domains.credentials import jobs as credentials_jobs
from studyhall.domains.credentials import models as credentials_models
from studyhall.domains.credentials.routes.passwords import router as passwords_router
from studyhall.domains.credentials.routes.passwords import settings_router as password_change_router
from studyhall.domains.credentials.routes.tokens import router as tokens_router
from studyhall.domains.credentials.routes.two_factor import router as two_factor_router
from studyhall.domains.exchange import jobs as exchange_jobs
from studyhall.domains.exchange import models as exchange_models
from studyhall.domains.exchange.routes import router as exchange_router
from studyhall.domains.feeds import models as feeds_models
from studyhall.domains.feeds.routes import calendar_router
from studyhall.domains.feeds.routes import router as feeds_router
from studyhall.domains.files import jobs as files_jobs
from studyhall.domains.files import models as files_models
from studyhall.domains.files.routes import router as files_router
from studyhall.domains.friends import jobs as friends_jobs
from studyhall.domains.friends import models as friends_models
from studyhall.domains.friends.routes import router as friends_router
from studyhall.domains.gamification import models as gamification_models
from studyhall.domains.gamification.routes import router as gamification_router
from studyhall.domains.gradebooks.routes import router as gradebooks_router
from studyhall.domains.grades import models as grades_models
from studyhall.domains.grades.routes import router as grades_router
from studyhall.domains.groups import jobs as groups_jobs
from studyhall.domains.groups import models as groups_models
from studyhall.domains.groups.routes import router as groups_router
from studyhall.domains.guidance import jobs as guidance_jobs
from studyhall.domains.guidance.routes import router as guidance_router
from studyhall.domains.identity import jobs as identity_jobs
from studyhall.domains.identity import models as identity_models
from studyhall.domains.identity.routes.auth import router as auth_router
from studyhall.domains.identity.routes.sessions import router as sessions_router
from studyhall.domains.leaderboards import jobs as leaderboards_jobs
from studyhall.domains.leaderboards import models as leaderboards_models
from studyhall.domains.leaderboards.routes import router as leaderboards_router
from studyhall.domains.mails import jobs as mails_jobs
from studyhall.domains.mails import models as mails_models
from studyhall.domains.mails.routes import router as mails_router
from studyhall.domains.notifications import models as notifications_models
from studyhall.domains.notifications import realtime as notifications_realtime
from studyhall.domains.notifications.routes import router as notifications_router
from studyhall.domains.overview.routes import router as overview_router
from studyhall.domains.people import models as people_models
from studyhall.domains.people.routes.onboarding import router as onboarding_router
from studyhall.domains.people.routes.profiles import router as profiles_router
from studyhall.domains.people.routes.settings import router as settings_router
from studyhall.domains.planning import jobs as planning_jobs
from studyhall.domains.planning import models as planning_models
from studyhall.domains.planning.routes import router as planning_router
from studyhall.domains.push import jobs as push_jobs
from studyhall.domains.push import models as push_models
from studyhall.domains.push.routes import router as push_router
from studyhall.domains.questions import models as questions_models
from studyhall.domains.quizzes import jobs as quizzes_jobs
from studyhall.domains.quizzes import models as quizzes_models
from studyhall.domains.quizzes.routes import course_router as course_quizzes_router
from studyhall.domains.quizzes.routes import router as quizzes_router
from studyhall.domains.reference import models as reference_models
from studyhall.domains.reference.routes import router as reference_router
from studyhall.domains.reminders import jobs as reminders_jobs
from studyhall.domains.reminders import models as reminders_models
from studyhall.domains.reports import jobs as reports_jobs
from studyhall.domains.reports import models as reports_models
from studyhall.domains.reports.routes import router as reports_router
from studyhall.domains.roles import models as roles_models
from studyhall.domains.roles.routes import router as roles_router
from studyhall.domains.search import jobs as search_jobs
from studyhall.domains.search import models as search_models
from studyhall.domains.search.routes import router as search_router
from studyhall.domains.sign_on import jobs as sign_on_jobs
from studyhall.domains.sign_on import models as sign_on_models
from studyhall.domains.sign_on.routes import router as sign_on_router
from studyhall.domains.streaks import models as streaks_models
from studyhall.domains.streaks.routes import router as streaks_router
from studyhall.domains.study import models as study_models
from studyhall.domains.study.routes import router as study_router
from studyhall.domains.study_analytics.routes import router as study_analytics_router
from studyhall.domains.subjects import models as subjects_models
from studyhall.domains.subjects.routes import router as subjects_router
from studyhall.domains.tasks import models as tasks_models
from studyhall.domains.tasks.routes import router as tasks_router
from studyhall.domains.undo import models as undo_models
from studyhall.domains.undo.jobs import forget_offers
from studyhall.domains.undo.routes import router as undo_router
from studyhall.entrypoints.health import router as health_router
from studyhall.entrypoints.retention import keep_periods
from studyhall.platform.database import Base
from studyhall.platform.jobs import HOUSEKEEPING, Job, Periodic
from studyhall.platform.realtime import NOTIFY_CHANNEL, Channel, Message
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
