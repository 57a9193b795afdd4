"""Use cases of the index: writing it, asking it, following it with embeddings and words."""
