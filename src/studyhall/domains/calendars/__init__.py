"""Reading calendars: what a calendar file says, as classes that a student would recognise, and how two
of them differ.

Owns no tables. Everything here is pure: text in, series out, and back into dates.

Words:
    occurrence: one date of a class with its exact start and end.
    series: what a student calls a class: a weekly pattern with exceptions, or dates of its own.
    day note: a whole day that has a name, such as a public holiday.
"""
