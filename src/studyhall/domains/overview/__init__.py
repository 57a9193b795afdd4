"""The first screen, and later progress, reports and analytics: figures of all domains below, for one person.

Owns no table. What it shows is always another domain's truth; the dashboard is kept for minutes and thrown away at the
person's own change.
"""
