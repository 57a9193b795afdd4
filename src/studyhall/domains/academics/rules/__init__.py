"""The pure logic of timetables: reading calendar files, grouping dates into series, telling two timetables apart.

No I/O, no clock, no database. The words:

* occurrence - one date of a class with its exact start and end
* series     - what a student calls a class: a weekly pattern with exceptions, or its own dates
* day note   - a whole day that has a name, such as a public holiday
"""
