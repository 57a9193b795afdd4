"""Use cases of reminders."""
