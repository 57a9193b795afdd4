"""What study time adds up to: by day, week, month, hour and group. It owns no table; every day is the person's own."""
