"""Telling a browser that is not open: Web Push.

Words:
    subscription: one browser of a person that asked to be told. It ends with the session that it was made in, when its
        push service says that it is gone, or when the person takes it back.
"""
