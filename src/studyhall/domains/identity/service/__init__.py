"""Use cases of identity, one module each."""
