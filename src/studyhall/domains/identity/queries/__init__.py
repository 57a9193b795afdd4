"""Every SELECT of identity that more than one use case needs."""
