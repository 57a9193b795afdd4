"""The order of the first steps."""

from collections.abc import Iterable

ONBOARDING_STEPS = ("profile", "subjects", "goals", "preferences")
ONBOARDED = "done"


def step_after(current: str, given: Iterable[str]) -> str:
    """The onboarding step that comes next: the one behind the furthest that was given, and never an earlier one."""
    reached = [_place(current), *(_place(step) + 1 for step in given)]
    return (*ONBOARDING_STEPS, ONBOARDED)[min(max(reached), len(ONBOARDING_STEPS))]


def _place(step: str) -> int:
    return ONBOARDING_STEPS.index(step) if step in ONBOARDING_STEPS else len(ONBOARDING_STEPS)
