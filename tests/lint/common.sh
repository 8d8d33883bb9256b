# SPDX-License-Identifier: MIT
# Sourced by the checks: go to the top of the tree; complain and count.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
complaints=0

# complain PLACE WHY: PLACE is file or file:line
complain()
{
	echo "$1: $2"
	complaints=$((complaints + 1))
}

finish()
{
	[ "$complaints" = 0 ]
}
