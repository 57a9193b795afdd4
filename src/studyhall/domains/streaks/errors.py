"""Refusals of streaks."""

from studyhall.platform.errors import Forbidden, TooManyRequests


class NotYourStreak(Forbidden):
    code, message = "NOT_YOUR_STREAK", "Only your own streak can be reset."


class StreakResetToday(TooManyRequests):
    code, message = "STREAK_RESET_TODAY", "You have started over today already. Tomorrow you may again."
