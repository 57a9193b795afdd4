"""What grades look like from outside."""
