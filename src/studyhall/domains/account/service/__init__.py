"""Use cases of account."""
