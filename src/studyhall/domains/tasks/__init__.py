"""The visible side of work that is done later.

Owns the row that a person polls after a 202: how far the work is, what came of it, and what could not be carried.
The work itself is a job of the domain that was asked; it reports here through `public`.

Words:
    task: one piece of work that a person asked for and can watch or cancel.
    loss report: what an import could not carry, each thing by name.
    cancel asked: a running task is not stopped by force; its job sees the wish at its next look and ends the task.
"""
