"""Use cases of timetables: by hand, by import, and what is on between two days."""
