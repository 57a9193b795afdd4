"""The door of sign-on for other domains and for the wiring."""

from studyhall.domains.sign_on.service.bearer import authenticate, provider_of

__all__ = ["authenticate", "provider_of"]
