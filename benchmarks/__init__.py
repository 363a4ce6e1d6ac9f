"""The speed and size of the course, measured in one run.

`python -m benchmarks` measures everything, `python -m benchmarks images`
one thing. Pairs are measured in turn, so that a change of the machine's
speed meets both; medians are quoted, with the least and the greatest value.
"""
