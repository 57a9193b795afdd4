"""One's account as a whole: everything in it taken out, closed, restored, and in the end erased.

Owns the exports. What a person has lies in many domains; each tells and erases its own part (`privacy.py`), and this
domain asks them all. Words: an *export* is one zip that somebody asked for; a *keeper* is a domain's part in both; a
*closing* account is gone for everybody at once, can be restored for 30 days, and is then *erased*.
"""
