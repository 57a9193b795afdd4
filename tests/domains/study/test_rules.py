"""The pure rules of study time, over all zones and every change of their clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studyhall.domains.study.rules import (
    BACK_FILL,
    HEARTBEAT_LIMIT,
    LONGEST,
    Interval,
    StudyCalendar,
    Timer,
    refused_back_fill,
    refused_interval,
    refused_pauses,
    stretches,
    week_of,
    whole_second,
)
from studyhall.platform import clock

zones = st.sampled_from(sorted(clock.known_zones()))
hours = st.integers(0, 23)
calendars = st.builds(StudyCalendar, zones, hours)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)).map(whole_second)
days = st.dates(date(1950, 1, 2), date(2037, 12, 30))
lengths = st.integers(1, 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
ONE_DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestStudyDays:
    @given(calendars, moments)
    def test_a_moment_lies_inside_its_day(self, calendar: StudyCalendar, moment: datetime) -> None:
        day = calendar.day_of(moment)
        assert calendar.start_of(day) <= moment < calendar.start_of(day + ONE_DAY)

    @given(calendars, moments, st.integers(0, 90_000))
    def test_days_never_run_backwards(self, calendar: StudyCalendar, moment: datetime, seconds: int) -> None:
        assert calendar.day_of(moment) <= calendar.day_of(moment + timedelta(seconds=seconds))

    @given(calendars, days)
    def test_a_day_begins_at_the_first_moment_its_wall_clock_allows(self, calendar: StudyCalendar, day: date) -> None:
        begin = calendar.start_of(day)
        zone = clock.zone(calendar.time_zone)
        wall = datetime(day.year, day.month, day.day, calendar.day_start_hour)
        assert begin.astimezone(zone).replace(tzinfo=None) >= wall
        assert (begin - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None) < wall

    @given(
        calendars, st.datetimes(datetime(2024, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)).map(whole_second)
    )
    def test_today_agrees_with_the_platform_clock(self, calendar: StudyCalendar, moment: datetime) -> None:
        with clock.frozen_at(moment):
            assert calendar.day_of(moment) == clock.today_in(calendar.time_zone, calendar.day_start_hour)

    @pytest.mark.parametrize(
        ("zone", "hour", "day", "begin"),
        [
            ("Europe/Berlin", 0, date(2026, 3, 29), "2026-03-28T23:00"),
            ("Europe/Berlin", 2, date(2026, 3, 29), "2026-03-29T01:00"),  # 02:00 is skipped
            ("Europe/Berlin", 2, date(2026, 10, 25), "2026-10-25T00:00"),  # 02:00 comes twice
            ("America/St_Johns", 1, date(2010, 3, 14), "2010-03-14T03:31"),  # 00:01 jumps to 01:01
            ("Pacific/Apia", 0, date(2011, 12, 30), "2011-12-30T10:00"),  # a day that never was
            ("Pacific/Apia", 0, date(2011, 12, 31), "2011-12-30T10:00"),
        ],
    )
    def test_known_changes(self, zone: str, hour: int, day: date, begin: str) -> None:
        assert StudyCalendar(zone, hour).start_of(day) == at(begin)

    def test_the_clock_that_fell_back_over_midnight_keeps_one_day_after_the_other(self) -> None:
        calendar = StudyCalendar("America/St_Johns")  # 2010-11-07 00:01 became 23:01 of the day before
        first_midnight = calendar.start_of(date(2010, 11, 7))
        for minutes in range(0, 90, 5):
            assert calendar.day_of(first_midnight + timedelta(minutes=minutes)) == date(2010, 11, 7)

    def test_a_night_owl_studies_on_the_day_before(self) -> None:
        assert StudyCalendar("Europe/Berlin", 4).day_of(at("2026-11-21T02:59")) == date(2026, 11, 20)
        assert StudyCalendar("Europe/Berlin", 4).day_of(at("2026-11-21T03:00")) == date(2026, 11, 21)

    @given(days)
    def test_a_week_begins_on_monday_and_holds_its_day(self, day: date) -> None:
        week = week_of(day)
        assert week[0].isoweekday() == 1
        assert len(week) == 7
        assert day in week


class TestSplitting:
    @given(calendars, moments, lengths)
    def test_nothing_is_lost_and_nothing_counted_twice(
        self, calendar: StudyCalendar, begin: datetime, length: timedelta
    ) -> None:
        whole = Interval(begin, begin + length)
        pieces = calendar.split(whole)
        assert sum(piece.seconds for _, piece in pieces) == whole.seconds
        assert pieces[0][1].started_at == whole.started_at
        assert pieces[-1][1].ended_at == whole.ended_at
        for (early_day, early), (late_day, late) in pairwise(pieces):
            assert early.ended_at == late.started_at
            assert early_day < late_day
        for day, piece in pieces:
            assert piece.seconds >= 1
            assert calendar.day_of(piece.started_at) == day == calendar.day_of(piece.ended_at - timedelta(seconds=1))

    def test_the_night_of_the_clock_change_has_its_own_length(self) -> None:
        calendar = StudyCalendar("Europe/Berlin")
        night = Interval(at("2026-10-24T20:00"), at("2026-10-25T20:00"))
        assert calendar.seconds_by_day([night]) == {date(2026, 10, 24): 2 * 3600, date(2026, 10, 25): 22 * 3600}
        assert (
            Interval(calendar.start_of(date(2026, 10, 25)), calendar.start_of(date(2026, 10, 26))).seconds == 25 * 3600
        )


@st.composite
def _paused(draw: st.DrawFn) -> tuple[Interval, tuple[Interval, ...]]:
    begin, length = draw(moments), draw(lengths)
    cuts = sorted(draw(st.sets(st.integers(0, int(length.total_seconds())), max_size=8)))
    pauses = tuple(
        Interval(begin + timedelta(seconds=a), begin + timedelta(seconds=b))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    )
    return Interval(begin, begin + length), pauses


class TestPauses:
    @given(_paused())
    def test_what_counts_and_the_pauses_make_the_whole(self, case: tuple[Interval, tuple[Interval, ...]]) -> None:
        whole, pauses = case
        counted = stretches(whole, pauses)
        assert sum(part.seconds for part in [*counted, *pauses]) == whole.seconds
        assert not any(part.overlaps(pause) for part in counted for pause in pauses)

    @given(_paused())
    def test_pauses_in_order_are_accepted(self, case: tuple[Interval, tuple[Interval, ...]]) -> None:
        whole, pauses = case
        assume(stretches(whole, pauses))
        assert refused_pauses(whole, pauses) == {}

    def test_nonsense_is_refused(self) -> None:
        hour = Interval(at("2026-11-20T10:00"), at("2026-11-20T11:00"))
        inside = Interval(at("2026-11-20T10:10"), at("2026-11-20T10:20"))
        later = Interval(at("2026-11-20T10:15"), at("2026-11-20T10:30"))
        assert refused_pauses(hour, [inside, later])
        assert refused_pauses(hour, [Interval(later.ended_at, later.started_at)])
        assert refused_pauses(hour, [Interval(at("2026-11-20T09:59"), at("2026-11-20T10:05"))])
        assert refused_pauses(hour, [hour])
        assert refused_pauses(hour, [inside] * 201)


@st.composite
def _timelines(draw: st.DrawFn) -> tuple[datetime, list[tuple[int, str]]]:
    steps = draw(
        st.lists(
            st.tuples(st.integers(0, 3 * 3600), st.sampled_from(["beat", "yes", "no", "pause", "resume", "nothing"])),
            max_size=12,
        )
    )
    return draw(moments), steps


class TestTimer:
    start = at("2026-11-20T10:00")
    timer = Timer(start, start)

    def test_it_counts_to_now_while_someone_is_there(self) -> None:
        assert self.timer.counted_until(self.start + HEARTBEAT_LIMIT) == self.start + HEARTBEAT_LIMIT

    def test_after_a_silence_it_counts_to_the_last_heartbeat_until_answered(self) -> None:
        timer = self.timer.beat(self.start + timedelta(minutes=5))
        back = self.start + timedelta(minutes=50)
        assert timer.needs_answer(back)
        assert timer.counted_until(back) == self.start + timedelta(minutes=5)
        assert timer.beat(back) == timer
        assert timer.beat(back, was_studying=True).counted_until(back) == back
        gone = timer.beat(back, was_studying=False)
        assert sum(part.seconds for part in gone.stretches(back)) == 300

    def test_a_pause_does_not_count_and_needs_no_answer(self) -> None:
        paused = self.timer.pause(self.start + timedelta(minutes=10))
        late = self.start + timedelta(hours=3)
        assert not paused.needs_answer(late)
        assert sum(part.seconds for part in paused.stretches(late)) == 600
        resumed = paused.resume(late).beat(late + timedelta(minutes=5))
        assert sum(part.seconds for part in resumed.stretches(late + timedelta(minutes=5))) == 900

    @given(_timelines())
    def test_no_timeline_counts_more_than_passed_nor_more_than_a_day(
        self, timeline: tuple[datetime, list[tuple[int, str]]]
    ) -> None:
        begin, steps = timeline
        timer, now, kept = Timer(begin, begin), begin, 0
        for seconds, step in steps:
            now += timedelta(seconds=seconds)
            match step:
                case "beat":
                    timer = timer.beat(now)
                case "yes" | "no":
                    timer = timer.beat(now, was_studying=step == "yes")
                case "pause":
                    timer = timer.pause(now)
                case "resume":
                    timer = timer.resume(now)
            parts = timer.stretches(now)
            assert sum(part.seconds for part in parts) <= min((now - begin).total_seconds(), LONGEST.total_seconds())
            assert all(a.ended_at <= b.started_at for a, b in pairwise(parts))
            vouched = sum(part.seconds for part in timer.stretches(timer.last_heartbeat_at))
            assert vouched >= kept, "time that a heartbeat vouched for is never taken back"
            kept = vouched

    @given(moments, lengths)
    def test_doing_it_twice_changes_nothing(self, begin: datetime, length: timedelta) -> None:
        now, later = begin + length, begin + length + timedelta(hours=1)
        paused = Timer(begin, begin).pause(now)
        assert paused.pause(later) == paused
        resumed = paused.resume(later)
        assert resumed.resume(later + timedelta(hours=1)) == resumed


class TestLimits:
    now = at("2026-11-20T12:00")

    @pytest.mark.parametrize(
        ("begin", "end", "word"),
        [
            ("2026-11-20T11:00:01", "2026-11-20T11:00:00", "before it starts"),
            ("2026-11-20T11:00:00", "2026-11-20T11:00:00", "at least one second"),
            ("2026-11-19T10:00:00", "2026-11-20T11:00:00", "at most 24 hours"),
            ("2026-11-20T11:30:00", "2026-11-20T13:00:00", "in the future"),
        ],
    )
    def test_impossible_sessions_are_refused_with_the_reason(self, begin: str, end: str, word: str) -> None:
        assert word in refused_interval(Interval(at(begin), at(end)), self.now)["ended_at"][0]

    @given(lengths)
    def test_any_length_from_a_second_to_a_day_is_fine(self, length: timedelta) -> None:
        assert refused_interval(Interval(self.now - length, self.now), self.now) == {}

    def test_back_fill_ends_with_its_limit(self) -> None:
        oldest = Interval(self.now - BACK_FILL - timedelta(hours=1), self.now - BACK_FILL)
        older = Interval(oldest.started_at, oldest.ended_at - timedelta(seconds=1))
        assert refused_back_fill(oldest, self.now, BACK_FILL) == {}
        assert "36 hours" in refused_back_fill(older, self.now, BACK_FILL)["ended_at"][0]
