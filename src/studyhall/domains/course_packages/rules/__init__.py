"""Packages, read and written without a database."""
