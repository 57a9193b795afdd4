"""Use cases of push."""
