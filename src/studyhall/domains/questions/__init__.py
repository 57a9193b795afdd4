"""The question bank: what can be asked, and how an answer is graded.

Owns questions with their right answers. Quizzes and assessments pick from it and hand answers in to be graded; a right
answer leaves the domain only for somebody who may see it (its author, or after grading).

Words:
    draft: a question as its author or an import wrote it, not yet in the bank.
    ready: a draft that was checked and whose texts are rendered.
    body: what a type adds to the text: choices, accepted answers, pairs, the right order.
    credit: what an answer earns, in percent; 100 is wholly right, negative ones count against others.
    asked: what is shown to whom is to answer: shuffled, and without anything that tells the right answer.
    key: names a choice, prompt, option or item of a question. It follows from the text alone, so it tells nothing
        about right and wrong, and stays the same when a question is imported again.
    archived: no longer asked; attempts of the past still refer to it.
"""
