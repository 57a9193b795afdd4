"""What the figures of a week say. Pure: no clock, no database."""
