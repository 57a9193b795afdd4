"""Studyhall: one place where a student plans, learns, practises and studies with others."""

__version__ = "0.1.0"
