"""What proves who somebody is, beyond the session that he is in.

Owns mailed codes and reset links, the change of a password, the second factor with its recovery codes, and personal
access tokens. Words: a *code* is a mailed six-digit one-time secret; a *challenge* is a login that waits for the second
factor; a *guess* is a wrong answer to what only the owner knows, counted per account.
"""
