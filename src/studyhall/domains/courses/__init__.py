"""What people study: courses, and who takes them.

Owns courses and enrolments. One table holds both a student's private semester course and a published course of the
catalogue; what belongs to one person's taking of it stands in the enrolment.

Words:
    course: something a person studies, with or without content; private to its owner, or published in the catalogue.
    enrolment: a person's taking of a course: semester, academic year, colour, active or not. It ends when he leaves;
        the row stays, because results and study time refer to it.
    mine: the courses that I take, and those that I own.
    withdrawn: deleted by its owner after publication. Nobody can find or take it any more; those who take it keep it.
"""
