"""The audit log: what was done with whose account, by whom and from where.

Whoever does something that somebody may ask about says so with `uow.audit(...)`; this domain writes it down. The log is
append-only: a trigger lets only the yearly purge and the forgetting of a person touch it.
"""
