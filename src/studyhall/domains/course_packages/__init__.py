"""Packages of courses: archives, Markdown folders, Common Cartridges and our own form, in and out.

Owns nothing but the formats. What is read is a `Package`; who makes a course of it is decided by whoever asks.

Words:
    package: a file that holds a course: a zip of Markdown folders, a Common Cartridge, or a file of questions.
    reader: archive to `Package`. Pure, in a thread; it refuses the whole or names each thing that it leaves out.
    loss: one thing that is not carried, by name, with its place and the reason.
    manifest: `course.json` in our own packages; it tells what Markdown cannot say.
"""
