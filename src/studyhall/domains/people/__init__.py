"""People as they want to be seen and served.

Owns profiles, tags, how somebody studies, the first steps, consents and blocks. Words: a *tag* is a skill or an
interest; a *consent* is a dated decision on certain words; a *block* keeps one person away from another, in both
directions. What an account needs to work at all, preferences too, is kept by `identity`; here it is shown and changed.
"""
