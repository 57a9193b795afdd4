"""Signing on with identities that others vouch for: Google and other OpenID Connect providers.

Owns outside identities and browser sign-ons. Words: a *provider* is somebody whom the operator trusts to say who a
person is; an *outside identity* is a person's account there; a *sign-on* is one way of a browser to the provider and
back.
"""
