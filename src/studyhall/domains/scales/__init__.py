"""Scales of grades: how a percentage is told in points and letters in different countries. Owns no table.

Words:
    scale: bands of percentages, each with its grade and its points; the best may have the most points or the fewest.
    band: a grade, the percentage at which it begins, and what it is worth.
"""
