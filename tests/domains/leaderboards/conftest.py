"""People who study and compare themselves."""

from tests.domains.study.conftest import moving_clock, students

__all__ = ["moving_clock", "students"]
