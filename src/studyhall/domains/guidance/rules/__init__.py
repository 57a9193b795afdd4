"""Placing study blocks in a week. Pure: no clock, no database; the same problem has the same answer."""
