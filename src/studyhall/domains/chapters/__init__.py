"""What courses hold: chapters in order, written in Markdown, and who has completed which.

Owns chapters, their order, their tags with topics, the images of a course, and completions. A chapter's Markdown is
rendered and sanitised when it is written, not when it is read; HTML, plain text and headings are stored beside it.

Words:
    chapter: one ordered piece of a course's content.
    outline: the order of a course's living chapters, 1, 2, 3 …; its version counts changes of the order.
    image: a picture of a course, called in its chapters by its name; readers get a signed, short-lived address.
    completion: somebody's having done a chapter; there is one, ever, and it keeps the study day it was given.
    progress: completed of all living chapters of a course.
"""
