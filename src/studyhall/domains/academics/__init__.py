"""What a student's term looks like: the timetable with its classes, and how it comes in from calendar files.

Owns timetables, classes, exceptions and imports.

Words:
    timetable: the classes of one person in one semester; one of a person's timetables is the active one.
    class: a series, that is a weekly pattern with exceptions, or dates of its own; it keeps wall time in one zone.
    meeting, occurrence: one date of a class.
    exception: what the person changes of single days: a holiday, a cancelled meeting, a moved one.
    upload: something that may become a timetable; it always waits as a difference until the person accepts it.
"""
