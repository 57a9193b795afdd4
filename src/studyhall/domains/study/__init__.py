"""Time actually studied: the timer, the sessions, each person's study days, totals and streak.

Words:
    study session: time actually studied, alone or in a group's name; from the timer, typed in afterwards, or written by
        a completed plan or a call.
    running: not ended yet. A person has at most one running session.
    study day: a calendar day in the person's own time zone that begins at the hour he set. A session keeps the zone
        and the hour it was begun under, so moving house never rewrites the past.
    piece: the part of one session that falls on one study day.
    streak: studied days in an unbroken chain. A freeze bridges one missed day without counting as studied.
"""
