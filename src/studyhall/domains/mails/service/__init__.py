"""Use cases of mails."""
