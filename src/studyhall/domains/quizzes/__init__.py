"""Quizzes: questions of the bank put together, taken in attempts, graded once by the server.

A quiz belongs to a course, or to one person alone. An *attempt* is one person's going through it: it keeps which
questions were asked, in which order and for how many points, so that editing the quiz changes no attempt. Right answers
leave the server only after an attempt is graded.
"""
