"""What to do next: proposals for a student's time. It decides nothing; the person accepts or not.

Owns no tables. A week's suggestions are the result of a background task; what is accepted becomes study plans.

Words:
    need: time that something asks for: an assignment, a weak topic, a course.
    covered: planned or studied already in the days in question.
    free stretch: time inside the person's day that no class and no plan takes, with a pause around each.
    block: one proposed stretch of study, with its reasons.
    points: what a set of blocks is worth (`rules.points`); both engines seek the most of them.
"""
