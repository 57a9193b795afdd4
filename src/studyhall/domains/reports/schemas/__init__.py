"""What reports and analytics look like."""
