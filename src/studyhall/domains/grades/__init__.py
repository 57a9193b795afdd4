"""How a student is doing: results, averages, grade point average, and what is still needed.

Owns results, how a person's courses are graded, and his grade scale. Marks, weights and credits are exact decimals;
figures are computed as fractions and rounded only when they are shown.

Words:
    result: one assessment with its score; it counts in the average of its course by its weight.
    dropped: a result that does not count, because it is marked so or because the lowest of its type are left out.
    taking: one course in one semester. A repeated course has several takings.
    scale: how percentages become grades and points.
    GPA: the mean of the points of takings, weighted by credits. Pass/fail courses and zero credits stay out of it.
"""
