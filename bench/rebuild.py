"""Whether a rebuild finds a difference after a long random life: `python -m bench.rebuild`.

Then a fault is planted in every kind of figure, one after the other, and the rebuild must find each and mend it.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from bench.installation import installation
from bench.life import Life
from studyhall.domains.courses import service as courses
from studyhall.domains.identity import public as identity
from studyhall.domains.identity.public import NewAccount
from studyhall.entrypoints import rebuild
from studyhall.platform import clock
from studyhall.platform.resources import Resources

RESULTS = Path(__file__).parent / "results" / "rebuild.json"
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the clocks of Europe and America change within the month

# Each puts one kind of figure wrong for one person that has some.
FAULTS = {
    "a total": "UPDATE study_totals SET total_seconds = total_seconds + 1 WHERE user_id = :user",
    "a count of sessions": "UPDATE study_totals SET session_count = session_count - 1 WHERE user_id = :user",
    "a piece lost": "DELETE FROM study_session_days WHERE session_id = (SELECT session_id FROM study_session_days"
    " WHERE user_id = :user LIMIT 1)",
    "a piece on another day": "UPDATE study_session_days SET study_day = study_day - 400 WHERE session_id ="
    " (SELECT session_id FROM study_session_days WHERE user_id = :user LIMIT 1)",
    "a length": "UPDATE study_sessions SET duration_seconds = duration_seconds + 1 WHERE id = (SELECT session_id"
    " FROM study_session_days WHERE user_id = :user LIMIT 1)",
    "a deletion that was not followed": "UPDATE study_sessions SET deleted_at = now() WHERE id = (SELECT session_id"
    " FROM study_session_days WHERE user_id = :user LIMIT 1)",
    "a longest streak": "UPDATE streaks SET longest_streak = longest_streak + 1 WHERE user_id = :user",
    "freezes held": "UPDATE streaks SET freezes_held = (freezes_held + 1) % 3 WHERE user_id = :user",
    "a frozen day": "INSERT INTO streak_freezes (user_id, study_day) VALUES (:user, '2020-02-29')",
    "a mark lost": "DELETE FROM study_day_marks WHERE user_id = :user AND taken_back_at IS NULL",
    "a mark of nothing": "INSERT INTO study_day_marks (user_id, cause, cause_id, study_day)"
    " VALUES (:user, 'plan', gen_random_uuid(), '2020-02-29')",
    "a first day of the chain": "UPDATE streaks SET streak_start_date = '2020-02-29' WHERE user_id = :user",
    "days studied": "UPDATE streaks SET days_studied = days_studied + 7 WHERE user_id = :user",
}


async def born(resources: Resources, number: int) -> Life:
    """Somebody with a course, at the beginning of his life."""
    with clock.frozen_at(BEGIN):
        async with resources.unit_of_work() as uow:
            account = NewAccount(f"life{number}@example.org", f"Life {number}")
            user_id = await identity.open_account(uow, account, password_hash=None, is_verified=True)
            course, _ = await courses.create(uow, user_id, {"name": "Algorithms", "code": "CS201", "semester": "S1"})
            course_id = course.id
    return Life(resources, user_id, course_id, number, BEGIN)


async def rebuilt(resources: Resources, life: Life) -> Sequence[str]:
    """What a rebuild of that person finds, at the end of what he has lived."""
    with clock.frozen_at(life.now):
        async with resources.unit_of_work() as uow:
            return await rebuild.of_person(uow, life.actor.user_id)


async def plant(resources: Resources, user_id: UUID, fault: str) -> None:
    async with resources.unit_of_work() as uow:
        await uow.session.execute(text(FAULTS[fault]), {"user": user_id})


async def measure(people: int, acts: int, every: int) -> dict[str, object]:
    """Live, rebuild after every so many acts of each person, then plant the faults. Raises when one is not found."""
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    differences: list[str] = []
    begun, rebuilds, slowest = time.perf_counter(), 0, 0.0
    async with installation() as resources:
        lives = [await born(resources, number) for number in range(people)]
        for life in lives:
            for place in range(1, acts + 1):
                await life.step()
                if place % every == 0 or place == acts:
                    since = time.perf_counter()
                    differences += await rebuilt(resources, life)
                    slowest, rebuilds = max(slowest, time.perf_counter() - since), rebuilds + 1
            done, refused = done + life.done, refused + life.refused
        lived = round(time.perf_counter() - begun, 1)
        found = {}
        for place, fault in enumerate(FAULTS):
            life = lives[place % len(lives)]
            await plant(resources, life.actor.user_id, fault)
            found[fault] = len(await rebuilt(resources, life))
            if not found[fault] or await rebuilt(resources, life):
                raise RuntimeError(f"the rebuild did not find and mend {fault}")
    return {
        "people": people,
        "acts": sum((done + refused).values()),
        "done": dict(sorted(done.items())),
        "refused": dict(sorted(refused.items())),
        "seconds": lived,
        "rebuilds": rebuilds,
        "slowest rebuild of a person in seconds": round(slowest, 3),
        "differences": differences,
        "differences found after a planted fault": found,
    }


def main() -> None:
    """Live, print, keep. Ends with 1 when a rebuild found a difference."""
    parser = argparse.ArgumentParser(prog="bench.rebuild", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--acts", type=int, default=500, help="of each person")
    parser.add_argument("--every", type=int, default=100, help="rebuild after so many acts")
    chosen = parser.parse_args()
    found = asyncio.run(measure(chosen.people, chosen.acts, chosen.every))
    print(json.dumps(found, indent=2))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    if found["differences"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
