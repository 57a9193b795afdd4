"""The outgoing calendar: classes, plans and due dates for calendar programs that subscribe to an address.

Owns the feeds. What they show is always another domain's truth.

Words:
    address: where a calendar program fetches the feed. It is a password: stored as a hash, shown once, renewable.
    stamp: names a state of everything that the feed shows, so that an unchanged one is answered without being made.
    span: the days that a feed shows, from half a year ago to a year ahead, by whole months.
"""
