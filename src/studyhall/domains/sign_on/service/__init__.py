"""Identities that OpenID Connect providers vouch for (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9700).

`providers` says whom the operator trusts, `issuers` knows their addresses and keys, `verification` decides which of
their tokens are good, `claims` reads whom they name, `linking` finds or opens that person's account. On these stand
three ways in: `flow` (a browser is sent to the provider and comes back), `google` (a client brings a Google ID token)
and `bearer` (a client sends the provider's own token with every request).

What is decided here:

* A provider's e-mail address counts only when the provider says that it was checked. An unchecked or missing one
  neither joins nor opens an account: an account is its address, and it would be the seed of a later take-over.
* An account whose address was never confirmed belongs to nobody yet. When the provider proves whose the address is,
  everything that its unproven owner could come back with goes first: password, sessions, tokens, second factor.
* The second factor is ours. A provider's token cannot stand in for it, so bearer tokens do not open such accounts.
"""
