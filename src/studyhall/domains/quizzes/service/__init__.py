"""Use cases of quizzes: authoring, taking, importing."""
