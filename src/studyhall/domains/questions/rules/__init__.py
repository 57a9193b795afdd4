"""Pure rules of questions: what is a whole question, how it is asked, how an answer is graded."""
