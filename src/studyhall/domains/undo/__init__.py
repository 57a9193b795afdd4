"""Taking back the last deletion.

Owns the offers: when a domain deletes something of a person, it asks for an offer and puts the token into its answer.
Whoever sends the token back within ten minutes makes this domain announce `UndoAsked`; the domain that deleted
subscribes to it and restores, in the same transaction. So undo knows nothing of what it takes back.

Words:
    offer: the right of one person to take back one deletion, once.
    kind: who restores it: the deleting domain and its thing, e.g. `courses.course`.
"""
