"""What people are told: in the app, live over sockets, and by mail.

Owns `notifications` and `email_logs`. Words: a *notification* is a line in somebody's bell; a *mail* is a row of the
e-mail log, which exists before it is sent and is the only truth about it; a *letter* is a mail's rendered content; a
*dedupe key* names the occasion, and for one occasion there is one mail and one notification, whatever happens.
"""
