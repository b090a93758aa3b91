# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the checks of this folder: one TAP line per claim.

tap_count=0

# claim <name> <what contradicts it>: holds if the second argument is empty;
# otherwise it is shown.
claim()
{
	tap_count=$((tap_count + 1))
	if [ -z "$2" ]; then
		echo "ok $tap_count - $1"
	else
		echo "not ok $tap_count - $1"
		printf '%s\n' "$1:" "$2" >&2
	fi
}

# skip <name> <why>
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

finish()
{
	echo "1..$tap_count"
}

# our_files <find expression>...: files of this repository that a person wrote,
# not what is made and not the fuzzers' saved inputs, which are any bytes
our_files()
{
	find . -name .git -prune -o -path ./build -prune -o \
		-path ./tests/fuzz/corpus -prune -o -type f \( "$@" \) -print |
	sed 's|^\./||' | sort
}
