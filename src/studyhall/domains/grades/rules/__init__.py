"""Pure rules of grades: scales, averages, GPA, what is still needed, and reading files."""
