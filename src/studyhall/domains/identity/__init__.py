"""Who people are here and how they prove it.

Owns accounts, sign-on, sessions and devices, roles and permissions, consents, preferences, tags, blocks and the audit
log. Words: an *account* is a row of `users`; a *session* is one signed-in device with its chain of refresh tokens; a
*code* is a mailed six-digit one-time secret; a *permission* is a key like `admin.users`, granted by *roles*.
"""
