"""Whole courses in and out: what other systems made becomes a course, and a course becomes a package again.

Owns transfers: what was imported and exported, with what was not carried.

Words:
    transfer: one package on its way in or out, with its loss report.
    landing: the one unit of work that makes the course; before it nothing is to be seen, after it everything.
"""
