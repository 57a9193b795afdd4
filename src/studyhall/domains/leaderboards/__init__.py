"""Leaderboards: who has studied how long, among all who take part, in a group, and among friends.

A *standing* is what one person has studied in one period: of all time, in a month, in a week. It is the sum of his
stored study days, so each person's week and month are his own. Who takes part in the global board has said so
(*listed*).
"""
