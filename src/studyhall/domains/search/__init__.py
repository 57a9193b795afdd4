"""One index over everything that can be found: text, meaning, spelling, and who may see it.

Owns the index and nothing else: all of it is derived, and `studyhall rebuild` makes it anew from its sources.

Words:
    document: what is found: a course, chapter, question, content, resource or material, named by its kind and the id
        of its source.
    chunk: a passage of a document, at most a few hundred words, with its place in the body; the unit of ranking.
    access key: who may see a document: `public`, `user:<id>`, `group:<id>`, `course:<id>`. A person holds keys, a
        document lies behind one or more; one in common is enough. It is part of every query.
    term: what a word is looked up by: its form without capitals and accents, and its English stem.
    embedding: a chunk's meaning as a unit vector. It follows its text in the background.
"""
