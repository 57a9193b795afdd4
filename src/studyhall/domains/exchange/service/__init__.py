"""Use cases of transfers."""
