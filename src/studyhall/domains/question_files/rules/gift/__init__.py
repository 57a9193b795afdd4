"""GIFT, Moodle's text format for questions, after Moodle's documentation and its importer.

Where they and other parsers differ, Moodle counts: of two feedbacks of true or false the first is for whom answered
wrongly, the second for whom answered rightly.
"""

from studyhall.domains.question_files.rules.gift.reading import read
from studyhall.domains.question_files.rules.gift.writing import write

__all__ = ["read", "write"]
