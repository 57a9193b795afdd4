"""People who study and are paid for it."""

from tests.domains.study.conftest import moving_clock, students

__all__ = ["moving_clock", "students"]
