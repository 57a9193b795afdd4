"""Pure rules of quizzes: what attempts are worth, and questions out of a text."""
