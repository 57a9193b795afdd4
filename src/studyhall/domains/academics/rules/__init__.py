"""The pure logic of timetables: what takes place once exceptions are applied."""
