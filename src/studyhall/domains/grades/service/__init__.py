"""Use cases of grades."""
