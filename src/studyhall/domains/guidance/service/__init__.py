"""Use cases of proposals: ask for a week, know the situation, tell what was found."""

from studyhall.domains.guidance.service.asking import ask
from studyhall.domains.guidance.service.situation import Situation, situation
from studyhall.domains.guidance.service.telling import told

__all__ = ["Situation", "ask", "situation", "told"]
