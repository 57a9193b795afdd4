"""Students, as the grades tests know them."""

from tests.domains.grades.conftest import learner

__all__ = ["learner"]
