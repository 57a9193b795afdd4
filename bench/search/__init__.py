"""Search measured: how well it finds (`relevance`), and how fast in a big index (`speed`)."""
