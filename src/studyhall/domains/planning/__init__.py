"""What a student intends to do: study plans, and what stands in their way.

Owns study plans.

Words:
    study plan: an intention: a course, a date, a start time and a length, in the person's own wall time.
    last day: the day on which a plan ends; it is the day after its date when it crosses midnight.
    missed: neither completed nor still possible, because its last day is over. A fact of time, so reads say it at once.
    conflict: a class or another plan at the same time; it is told and never blocks.
"""
