# SPDX-License-Identifier: MIT
"""Stands in for PyTorch, whose package is 5 GB: what its DataLoader does with workers.

As far as examples/read_pytorch.py goes: each worker is a process with a copy of the data
set, makes batches of what that yields, and the loader takes one of each in turn.
"""
