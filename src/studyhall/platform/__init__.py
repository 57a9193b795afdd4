"""What every subject stands on and nothing that knows of studying."""
