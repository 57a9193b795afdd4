"""Rendered timetables with what is truly on them, for measuring how well they are read."""
