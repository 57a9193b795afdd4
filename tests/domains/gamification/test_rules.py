"""XP, levels and achievements as pure rules."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.gamification import queries
from studyhall.domains.gamification.rules import (
    MOST_STUDY_XP,
    Part,
    Piece,
    level_of,
    quiz_points,
    reached,
    study_points,
    xp_of_level,
)
from studyhall.domains.gamification.service.catalogue import LANGUAGES, achievements, words
from studyhall.platform.ids import new_id

DAY = date(2026, 10, 20)
NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)

pieces = st.lists(
    st.builds(
        Piece,
        st.uuids(),
        st.dates(DAY, DAY + timedelta(days=2)),
        st.integers(1, 40_000),
        st.datetimes(datetime(2026, 10, 20), datetime(2026, 10, 22), timezones=st.just(UTC)),
    ),
    max_size=12,
    unique_by=lambda piece: piece.session_id,
)


def piece(number: int, seconds: int, day: date = DAY) -> Piece:
    return Piece(UUID(int=number), day, seconds, NOON + timedelta(hours=number))


class TestStudyPoints:
    def test_full_minutes_of_each_part_count(self) -> None:
        found = study_points([piece(1, 59), piece(2, 60), piece(3, 119), piece(4, 120)])
        assert found == {Part(UUID(int=2), DAY): 1, Part(UUID(int=3), DAY): 1, Part(UUID(int=4), DAY): 2}

    def test_a_day_has_240_and_the_first_sessions_get_them(self) -> None:
        found = study_points([piece(3, 3600), piece(2, 3 * 3600), piece(1, 2 * 3600)])
        assert [found.get(Part(UUID(int=number), DAY)) for number in (1, 2, 3)] == [120, 120, None]

    def test_days_do_not_share_their_cap(self) -> None:
        night = UUID(int=1)
        found = study_points([Piece(night, DAY, 20_000, NOON), Piece(night, DAY + timedelta(days=1), 20_000, NOON)])
        assert list(found.values()) == [240, 240]

    @given(pieces)
    def test_a_day_pays_what_its_parts_are_worth_up_to_the_cap(self, some: list[Piece]) -> None:
        found = study_points(some)
        for day in {one.study_day for one in some}:
            worth = sum(one.seconds // 60 for one in some if one.study_day == day)
            assert sum(points for part, points in found.items() if part.study_day == day) == min(worth, MOST_STUDY_XP)
        assert all(points > 0 for points in found.values())

    @given(pieces, st.randoms())
    def test_the_order_of_telling_does_not_matter(self, some: list[Piece], random: object) -> None:
        mixed = sorted(some, key=lambda one: hash((one.session_id, id(random))))
        assert study_points(mixed) == study_points(some)

    @given(pieces)
    def test_taking_a_session_back_never_pays_more(self, some: list[Piece]) -> None:
        for gone in range(len(some)):
            rest = [*some[:gone], *some[gone + 1 :]]
            assert sum(study_points(rest).values()) <= sum(study_points(some).values())


class TestLevels:
    @pytest.mark.parametrize(
        ("xp", "level"), [(0, 0), (99, 0), (100, 1), (299, 1), (300, 2), (599, 2), (600, 3), (5499, 9), (5500, 10)]
    )
    def test_the_ladder(self, xp: int, level: int) -> None:
        assert level_of(xp) == level

    @given(st.integers(0, 10**15))
    def test_a_level_is_held_from_its_xp_to_the_next(self, xp: int) -> None:
        level = level_of(xp)
        assert xp_of_level(level) <= xp < xp_of_level(level + 1)


class TestQuizPoints:
    @pytest.mark.parametrize(("score", "points"), [(0, 10), (0.5, 30), (1, 50), (0.0125, 11), (0.99, 50)])
    def test_the_score_pays(self, score: float, points: int) -> None:
        assert quiz_points(score) == points

    @pytest.mark.parametrize("score", [-0.01, 1.01, float("nan")])
    def test_no_other_score(self, score: float) -> None:
        with pytest.raises(ValueError, match="0 to 1"):
            quiz_points(score)


class TestCatalogue:
    def test_there_are_at_least_thirty_and_each_is_whole(self) -> None:
        found = achievements()
        assert len(found) >= 30
        assert len({one.key for one in found}) == len(found)
        names = {*queries._figures(new_id()).selected_columns.keys(), "level"}
        for one in found:
            assert one.figure in names
            assert one.threshold > 0
            assert len(one.key) <= 50
            for language in LANGUAGES:
                assert all(words(one, language))
        assert {one.figure for one in found} == names

    def test_words_fall_back_to_english(self) -> None:
        first = achievements()[0]
        assert words(first, "de-AT")[0] == "Erste Schritte"
        assert words(first, "fr") == words(first, "en")

    @given(st.integers(0, 2000))
    def test_reached_is_at_or_above_the_threshold(self, figure: int) -> None:
        names = {one.figure for one in achievements()}
        found = reached(achievements(), dict.fromkeys(names, figure))
        assert found == [one for one in achievements() if one.threshold <= figure]
