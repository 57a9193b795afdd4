"""The pure logic of timetables: what takes place, what an import changes, which course a class belongs to."""
