"""Studied days in an unbroken chain, and what keeps the chain from breaking.

Words:
    streak: studied days without a missed one between them. It is written as it stood at the end of the last studied
        day; what is left of it today is computed.
    mark: a day that counts by something else than a session: a completed plan, a completed chapter. Once per cause.
    freeze: bridges one missed day without counting as studied. One is earned by every seventh studied day; at most two
        are held.
    day off: a day that cannot be missed: planned by the person beforehand, or skipped by his move to another zone.
    reset: the person's wish to start over. The longest streak stays.

Sessions, marks, days off and resets are the causes; streak and spent freezes follow from them.
"""
