"""What the members of a group write to each other.

Owns messages and how far each member has read.

Words:
    thread: the answers to one message. An answer to an answer belongs to the same thread.
    mention: a member named as `@username`. He is notified, unless one of the two keeps the other away.
    deleted: the message's text is gone at once; its place in the conversation stays.
    live: a message is pushed to the members as they are in the transaction that wrote it, each on all his sockets of
        `/group`. So whoever was removed hears nothing from that moment, on whichever server he is connected.
"""
