"""The door of leaderboards for other domains."""

from studyhall.domains.leaderboards.service.counting import rebuild

__all__ = ["rebuild"]
