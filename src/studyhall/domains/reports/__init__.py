"""The weekly report, and analytics over any stretch of time: what somebody's weeks look like, in figures and words.

Words:
    week: Monday to Sunday (ISO 8601) of the person's own study days.
    weekly report: one stored row per person and week. While the week runs it is computed anew each time it is asked
        for; once the week is over it is computed one last time and kept (*final*), unless its person has it made anew.
    remark: a highlight or a piece of advice: a code with its values. Its words are put in the reader's language when
        it is read.
"""
