"""People who study, as the study tests know them."""

from tests.domains.study.conftest import moving_clock, students

__all__ = ["moving_clock", "students"]
