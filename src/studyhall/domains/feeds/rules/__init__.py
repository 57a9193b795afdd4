"""How a feed is made. Pure."""
