"""What timetables and their uploads look like from outside."""
