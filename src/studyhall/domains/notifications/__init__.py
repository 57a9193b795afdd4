"""What people are told in the app, live over sockets. `notify` is the one door for everybody who has news.

Owns `notifications`. Words: a *notification* is a line in somebody's bell; a *dedupe key* names the occasion, and for
one occasion there is one notification, whatever happens.
"""
