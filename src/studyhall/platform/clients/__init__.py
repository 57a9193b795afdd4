"""Doors to the outside: mail, storage, other people's web servers. Each has a real client and one for tests."""
