"""Every endpoint a student may call, measured on a large installation: 20,000 people, 2,000,000 study sessions.

`python -m bench.scale` makes the data set on servers of its own, measures, and writes `bench/results/scale.json`.
"""
