"""The dashboard in one statement.

For the sake of that one round trip it names tables of the domains below, which nothing else here may; a test holds it
to what those domains answer themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from studyhall.platform.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Days:
    """The person's days at one moment.

    Attributes:
        today: by the calendar, as plans and classes count.
        study_day: by his own hour at which a day begins, as sessions and streak count.
        monday: of the week of the study day.
        now: the moment, UTC.
        time_zone: whose days they are.
    """

    today: date
    study_day: date
    monday: date
    now: datetime
    time_zone: str


# $1 the person, $2 today, $3 now, $4 what grades say, which only their own rules can compute
_STATS = """json_build_object(
  'overall_performance', $4::json->'overall_performance',
  'courses_enrolled', (SELECT count(*) FROM enrollments WHERE user_id = $1 AND left_at IS NULL AND is_active),
  'hours_studied', coalesce((SELECT round(total_seconds / 3600.0, 1) FROM study_totals WHERE user_id = $1), 0),
  'completion_rate', (
    SELECT round(100.0 * count(*) FILTER (WHERE status = 'completed') / nullif(count(*), 0))
    FROM study_plans WHERE user_id = $1 AND deleted_at IS NULL AND date <= $2::date),
  'assignments_due', (
    SELECT count(*) FROM assignments
    WHERE user_id = $1 AND deleted_at IS NULL AND status IN ('pending', 'in_progress') AND due_date >= $3),
  'gpa', $4::json->'gpa')"""

_STATS_ALONE = f"SELECT {_STATS}"

# $1 the person, $2 today, $3 now, $4 grades, $5 study day, $6 its Monday, $7 his time zone
_DASHBOARD = f"""
WITH active AS MATERIALIZED (
  SELECT study_day FROM study_session_days WHERE user_id = $1 AND study_day BETWEEN $6::date AND $6::date + 6
  UNION
  SELECT study_day FROM study_day_marks
   WHERE user_id = $1 AND study_day BETWEEN $6::date AND $6::date + 6 AND taken_back_at IS NULL)
SELECT json_build_object(
  'user', (SELECT json_build_object(
    'id', u.id, 'name', trim(u.first_name || ' ' || u.last_name), 'first_name', u.first_name, 'username', u.username,
    'avatar_url', u.avatar_url, 'university', u.university, 'semester', u.semester, 'time_zone', p.timezone,
    'onboarding_completed', u.onboarding_completed)
    FROM users u JOIN user_preferences p ON p.user_id = u.id WHERE u.id = $1),
  'stats', {_STATS},
  'streak', (SELECT json_build_object(
    'current_streak', CASE WHEN seen.missed <= seen.freezes THEN seen.current_streak ELSE 0 END,
    'longest_streak', seen.longest_streak, 'last_active_date', seen.last_active_date,
    'active_today', EXISTS (SELECT FROM active WHERE study_day = $5::date),
    'freezes_held', CASE WHEN seen.missed <= seen.freezes THEN seen.freezes - seen.missed ELSE 0 END,
    'days', (SELECT json_agg(json_build_object(
      'day', to_char($6::date + n, 'Dy'), 'date', $6::date + n,
      'completed', EXISTS (SELECT FROM active WHERE study_day = $6::date + n)) ORDER BY n)
      FROM generate_series(0, 6) AS n))
    FROM (
      SELECT coalesce(current_streak, 0) AS current_streak, coalesce(longest_streak, 0) AS longest_streak,
        last_active_date, coalesce(freezes_held, 0) AS freezes,
        CASE WHEN current_streak > 0 THEN greatest(0, $5::date - last_active_date - 1 - (
          SELECT count(*) FROM streak_days_off
          WHERE user_id = $1 AND study_day > last_active_date AND study_day < $5::date)) ELSE 0 END AS missed
      FROM (SELECT) AS nobody LEFT JOIN streaks ON streaks.user_id = $1) AS seen),
  'totals', (SELECT json_build_object(
    'total_seconds', coalesce(sum(total_seconds), 0), 'session_count', coalesce(sum(session_count), 0))
    FROM study_totals WHERE user_id = $1),
  'today', (SELECT json_build_object(
    'study_day', $5::date, 'seconds', coalesce(sum(seconds), 0), 'minutes', coalesce(sum(seconds), 0) / 60,
    'sessions', count(*))
    FROM study_session_days WHERE user_id = $1 AND study_day = $5::date),
  'running_session', (SELECT json_build_object(
    'id', id, 'course_id', course_id, 'plan_id', plan_id,
    'started_at', to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'is_paused', paused_at IS NOT NULL)
    FROM study_sessions WHERE user_id = $1 AND ended_at IS NULL AND deleted_at IS NULL),
  'plans', coalesce((SELECT json_agg(json_build_object(
    'id', p.id, 'topic', p.topic,
    'course', json_build_object('id', c.id, 'name', c.name, 'code', c.code, 'color', coalesce(e.color, 'blue')),
    'date', p.date, 'start_time', p.start_time, 'planned_duration', p.planned_duration, 'priority', p.priority,
    'study_type', p.study_type, 'status', p.status) ORDER BY p.start_time, p.id)
    FROM study_plans p
    JOIN courses c ON c.id = p.course_id
    LEFT JOIN enrollments e ON e.course_id = p.course_id AND e.user_id = $1
    WHERE p.user_id = $1 AND p.date = $2::date AND p.deleted_at IS NULL), '[]'::json),
  'assignments', coalesce((SELECT json_agg(json_build_object(
    'id', due.id, 'title', due.title,
    'course', json_build_object('id', c.id, 'name', c.name, 'code', c.code, 'color', coalesce(e.color, 'blue')),
    'due_date', to_char(due.due_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'days_until_due', CAST(due.due_date AT TIME ZONE $7::text AS date) - $2::date,
    'priority', due.priority, 'status', due.status) ORDER BY due.due_date, due.id)
    FROM (
      SELECT * FROM assignments
      WHERE user_id = $1 AND deleted_at IS NULL AND status IN ('pending', 'in_progress') AND due_date >= $3
      ORDER BY due_date, id LIMIT 5) AS due
    JOIN courses c ON c.id = due.course_id
    LEFT JOIN enrollments e ON e.course_id = due.course_id AND e.user_id = $1), '[]'::json),
  'courses', coalesce((SELECT json_agg(json_build_object(
    'id', c.id, 'name', c.name, 'code', c.code, 'color', e.color, 'semester', e.semester) ORDER BY c.name, c.id)
    FROM enrollments e JOIN courses c ON c.id = e.course_id
    WHERE e.user_id = $1 AND e.left_at IS NULL AND e.is_active), '[]'::json))
"""

_UNREAD = "SELECT count(*) FROM notifications WHERE user_id = $1 AND NOT is_read"


async def dashboard_as_json(uow: UnitOfWork, user_id: UUID, days: Days, grades: bytes) -> bytes:
    """What `schemas.Dashboard` holds of stored rows: all but the classes and the unread notifications.

    Args:
        grades: JSON with `overall_performance` and `gpa`, as `schemas.Stats` has them.
    """
    async with uow.resources.database.straight() as straight:
        body: bytes = await straight.value(
            _DASHBOARD, user_id, days.today, days.now, grades, days.study_day, days.monday, days.time_zone
        )
    return body


async def unread_notifications(uow: UnitOfWork, user_id: UUID) -> int:
    """How many notifications wait, at this moment."""
    async with uow.resources.database.straight() as straight:
        return int(await straight.value(_UNREAD, user_id))


async def stats(uow: UnitOfWork, user_id: UUID, days: Days, grades: bytes) -> Mapping[str, object]:
    """The headline figures alone."""
    async with uow.resources.database.straight() as straight:
        body = await straight.value(_STATS_ALONE, user_id, days.today, days.now, grades)
    figures: Mapping[str, object] = orjson.loads(body)
    return figures


# $1 the person, $2 how many. Each part reads no more than it can give.
_ACTIVITIES = """
WITH done AS (
  (SELECT id, 'study_session' AS type, course_id, NULL AS what, ended_at AS moment, duration_seconds / 60 AS minutes
     FROM study_sessions WHERE user_id = $1 AND deleted_at IS NULL AND ended_at IS NOT NULL AND source <> 'plan'
    ORDER BY started_at DESC LIMIT $2)
  UNION ALL
  (SELECT id, 'plan_completed', course_id, topic, completed_at, coalesce(actual_duration, planned_duration)
     FROM study_plans WHERE user_id = $1 AND deleted_at IS NULL AND status = 'completed'
    ORDER BY completed_at DESC LIMIT $2)
  UNION ALL
  (SELECT id, 'assignment_completed', course_id, title, completed_at, NULL
     FROM assignments WHERE user_id = $1 AND deleted_at IS NULL AND status = 'completed'
    ORDER BY completed_at DESC LIMIT $2)
  UNION ALL
  (SELECT id, 'result_added', course_id, coalesce(assessment_name, assessment_type), created_at, NULL
     FROM academic_results WHERE user_id = $1 AND deleted_at IS NULL
    ORDER BY created_at DESC LIMIT $2))
SELECT done.id, done.type, done.what, done.moment, done.minutes, c.id AS course_id, c.name AS course_name, c.code
  FROM done LEFT JOIN courses c ON c.id = done.course_id
 ORDER BY done.moment DESC, done.id DESC LIMIT $2
"""


async def activities(uow: UnitOfWork, user_id: UUID, limit: int) -> Sequence[Mapping[str, Any]]:
    """What the person did last, newest first: time studied, plans and assignments completed, results added."""
    async with uow.resources.database.straight() as straight:
        rows = await straight.rows(_ACTIVITIES, user_id, limit)
    return [dict(row) for row in rows]
