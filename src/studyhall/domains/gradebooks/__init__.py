"""Results from files: our own columns, and gradebooks as Canvas and Moodle export them.

Owns no table: it reads a file and hands what is good to grades.

Words:
    sheet: the rows of a text table, whatever its encoding and separator.
    draft: one result as a file tells it, before anybody has looked whether it fits.
    fault: a row that could not be taken, and why.
    gradebook: a file with one student a row and one assessment a column; only the person's own row is read.
"""
