"""Whole courses in and out: what other systems made becomes a course, and a course becomes a package again.

Owns transfers (what was imported and exported, with what was not carried) and the readers and the writer of packages.

Words:
    package: a file that holds a course: a zip of Markdown folders, a Common Cartridge, or a file of questions.
    reader: archive to `Package`. Pure, in a thread; it refuses the whole or names each thing that it leaves out.
    loss: one thing that is not carried, by name, with its place and the reason.
    manifest: `course.json` in our own packages; it tells what Markdown cannot say.
    landing: the one unit of work that makes the course; before it nothing is to be seen, after it everything.
"""
