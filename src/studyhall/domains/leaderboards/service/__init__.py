"""Use cases of leaderboards: what follows from study days, and the boards that are shown."""
