"""The map of knowledge: subjects, their topics, and what must be known before what.

Owns subjects, topics and the prerequisite graph. A graph stays within one subject and never has a cycle; whoever
changes it holds the subject's row, so two changes at once cannot make one together.

Words:
    subject: a field of knowledge, e.g. Linear Algebra.
    topic: a node of a subject's map; chapters and questions are tagged with topics, mastery is kept per topic.
    prerequisite: a topic that should be known before another of the same subject.
"""
