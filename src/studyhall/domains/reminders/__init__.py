"""The right thing at the right local time, once: morning plan, evening reminder, weekly report, due and overdue mails.

Owns `reminder_schedules` and `reminder_deliveries`. Words:
    kind: what is told; each has its own time of the person's day, and its own idea of how late is too late.
    period: the local day that a telling is about, or the Monday of the week that a report covers. For one person, kind
        and period there is one *delivery*, whatever clocks, zones and workers do.
    schedule: for a person and a kind the next period and the moment, in UTC, at which it is due. The moments are all
        that the *sweep* looks at, every minute; it queues one job per person.
    stale: a schedule whose person changed his habits; the next sweep works it out anew.
"""
