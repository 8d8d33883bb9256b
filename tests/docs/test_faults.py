# SPDX-License-Identifier: MIT
"""The fault matrix of tests/README.md is that of the tests, and every row has passed."""

import fault_matrix


def test_the_fault_matrix_has_every_row_and_no_other():
    rows, shown = set(fault_matrix.all_rows()), fault_matrix.committed()
    assert rows == set(shown), "tests/README.md: run the marked tests, then tests/run faults"


def test_every_fault_of_the_matrix_was_survived():
    shown = fault_matrix.committed()
    assert len(shown) > 20
    assert not {row: result for row, result in shown.items() if not result.startswith("passed (")}
