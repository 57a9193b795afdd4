"""XP, levels and achievements.

An *award* is XP for one *cause*: a session's part on one study day, a chapter, a quiz, a doubt. All XP is the sum of
the awards, and those of study time follow from what counts, so a session that is taken back takes its XP along. A
*figure* is something that can be counted of a person, such as hours studied; it is always read from where it is
true. An *achievement* asks for a figure and is unlocked once. It stays when the figure falls again: it was achieved.
"""
