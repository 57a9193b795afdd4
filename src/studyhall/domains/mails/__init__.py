"""Mails: what they say, whether somebody wants them, and that each leaves at most once.

Owns `email_logs` and `mail_bounces`. Words: a *mail* is a row of the log, which exists before it is sent and is the
only truth about it; a *template* is the kind of mail; a *letter* is a mail's rendered content; a *dedupe key* names the
occasion, and for one occasion there is one mail, whatever happens. Digests and reminders are *optional*: they respect
what the person prefers, go to confirmed addresses only, stop where mail bounces, and carry a way out (RFC 8058).
"""
