"""People who study."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest

from studyhall.platform.resources import Resources
from tests.domains.study.student import Clock, Student, Students


@pytest.fixture
def moving_clock() -> Iterator[Clock]:
    with ExitStack() as stack:
        yield Clock(stack)


@pytest.fixture
def students(person: Any, resources: Resources, moving_clock: Clock) -> Students:
    """`mira = await students(moment, time_zone="Europe/Berlin")`."""

    async def make(at: datetime, *, time_zone: str = "UTC", day_start_hour: int = 0) -> Student:
        moving_clock.set(at)
        made = Student(await person(timezone=time_zone), resources, moving_clock)
        if day_start_hour:
            await made.send("PUT", "/settings/preferences", {"day_start_hour": day_start_hour})
        return made

    return make
