"""Questions in the files of other systems: GIFT, Moodle XML and QTI 1.2, in and out.

Owns nothing but the formats. What is read becomes drafts for the question bank; who keeps them, and where, is decided
by whoever asks.

Words:
    reader, writer: bytes to drafts, drafts to bytes. Pure; a reader never raises, whatever it is given.
    loss: one thing that was not carried, by name, with its place in the source.
    paper: a test that a file holds, as the names of its questions.
"""
