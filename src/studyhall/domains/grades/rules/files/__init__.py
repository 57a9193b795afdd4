"""Reading results from files: our own columns, and the gradebooks of Canvas and Moodle."""
