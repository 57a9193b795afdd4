"""What people does when an account was opened."""

from studyhall.domains.identity.events import UserRegistered
from studyhall.domains.people.models import StudyPreferences
from studyhall.platform.uow import UnitOfWork


async def begin_study_preferences(uow: UnitOfWork, event: UserRegistered) -> None:
    """Everybody has a row from the first moment, for onboarding to fill."""
    uow.session.add(StudyPreferences(user_id=event.user_id))
