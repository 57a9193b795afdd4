"""Plain mutual connections between people.

Owns friendships and the requests that lead to them.

Words:
    request: addressed to a person by his id or by an e-mail address, as its sender typed it. Whether there is such an
        account, whether it keeps the sender away, and whether it declined, he is not told: his request stands there for
        thirty days, or until it is accepted.
    friendship: two rows, one for each of the two, which the database keeps together.
"""
