"""Work that has to be handed in by a certain time.

Owns assignments.

Words:
    due date: the moment by which it has to be handed in, UTC; a person gives and reads it in his own time zone.
    open: pending or in progress, so still to be done.
    overdue: open although its due date is over. A fact of time, so reads say it at once; a job writes it down hourly.
"""
