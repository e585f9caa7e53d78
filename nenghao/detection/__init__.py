"""Numeric features and detectors of falsified or anomalous curves: arrays in, candidates out. Pure: no I/O, no clock.

Before: closed days (`nenghao.jobs`) or a file of readings (`expectations.backtest`). After: the rules that judge
candidates by their thresholds (`expectations`).
"""
