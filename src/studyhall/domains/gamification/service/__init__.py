"""Use cases of gamification."""

from studyhall.domains.gamification.service.awarding import award, follow, pay_parts
from studyhall.domains.gamification.service.rebuilding import rebuild
from studyhall.domains.gamification.service.showing import Progress, Status, progress, status, xp_log

__all__ = ["Progress", "Status", "award", "follow", "pay_parts", "progress", "rebuild", "status", "xp_log"]
