"""IMS QTI 1.2 as Canvas and Common Cartridge write it: item banks and assessments."""

from studyhall.domains.question_files.rules.qti12.reading import read
from studyhall.domains.question_files.rules.qti12.writing import write

__all__ = ["read", "write"]
