"""Who reacts to what."""

from collections.abc import Sequence

from studyhall.domains.academics import events as academics_events
from studyhall.domains.academics import subscribers as academics_subscribers
from studyhall.domains.assignments import events as assignments_events
from studyhall.domains.assignments import subscribers as assignments_subscribers
from studyhall.domains.audit import subscribers as audit_subscribers
from studyhall.domains.chapters import events as chapters_events
from studyhall.domains.chapters import subscribers as chapters_subscribers
from studyhall.domains.chat import subscribers as chat_subscribers
from studyhall.domains.courses import events as courses_events
from studyhall.domains.courses import subscribers as courses_subscribers
from studyhall.domains.credentials import events as credentials_events
from studyhall.domains.credentials import subscribers as credentials_subscribers
from studyhall.domains.feeds import subscribers as feeds_subscribers
from studyhall.domains.friends import events as friends_events
from studyhall.domains.friends import subscribers as friends_subscribers
from studyhall.domains.gamification import events as gamification_events
from studyhall.domains.gamification import subscribers as gamification_subscribers
from studyhall.domains.grades import events as grades_events
from studyhall.domains.grades import subscribers as grades_subscribers
from studyhall.domains.groups import events as groups_events
from studyhall.domains.groups import subscribers as groups_subscribers
from studyhall.domains.identity import events as identity_events
from studyhall.domains.identity import subscribers as identity_subscribers
from studyhall.domains.leaderboards import subscribers as leaderboards_subscribers
from studyhall.domains.mails import events as mails_events
from studyhall.domains.mails import subscribers as mails_subscribers
from studyhall.domains.notifications import events as notifications_events
from studyhall.domains.notifications import subscribers as notifications_subscribers
from studyhall.domains.overview import subscribers as overview_subscribers
from studyhall.domains.people import events as people_events
from studyhall.domains.people import subscribers as people_subscribers
from studyhall.domains.planning import events as planning_events
from studyhall.domains.planning import subscribers as planning_subscribers
from studyhall.domains.push import subscribers as push_subscribers
from studyhall.domains.quizzes import subscribers as quizzes_subscribers
from studyhall.domains.reminders import subscribers as reminders_subscribers
from studyhall.domains.roles import subscribers as roles_subscribers
from studyhall.domains.streaks import events as streaks_events
from studyhall.domains.streaks import subscribers as streaks_subscribers
from studyhall.domains.study import events as study_events
from studyhall.domains.study import subscribers as study_subscribers
from studyhall.domains.undo import events as undo_events
from studyhall.platform.events import Audited, Event
from studyhall.platform.uow import Subscribers

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
