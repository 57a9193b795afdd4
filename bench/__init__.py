"""Figures: the real server, loaded on this machine, beside a bare handler that does the same work without us.

`make bench` runs everything, prints a table and writes it to `bench/results/`.
"""
