# SPDX-License-Identifier: MIT
"""Every converter as a profile: naive oracles, sources for them, and the comparison."""
