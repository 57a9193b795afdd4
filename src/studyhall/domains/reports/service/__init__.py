"""Use cases of reports and analytics."""
