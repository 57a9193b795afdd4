"""Moodle XML: the format in which Moodle loses the least."""

from studyhall.domains.question_files.rules.moodle_xml.reading import read
from studyhall.domains.question_files.rules.moodle_xml.writing import write

__all__ = ["read", "write"]
