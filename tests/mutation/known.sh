#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# known.sh <instrumenter>: it finds in known.c what known.table says, no more
# and no less, and disables exactly that.

. tests/source/tap-lib.sh

tool=$1
work=$(dirname "$tool")/known
here=tests/mutation
rm -rf "$work"
mkdir -p "$work"

"$tool" "$work" $here/known.c > "$work/table"
claim 'every check of the known source is found, and nothing else' "$(
	grep -v "^#" $here/known.table | diff - "$work/table" 2>&1)"
claim 'the instrumented source compiles' "$(
	gcc -std=gnu11 -Wall -Wextra -Werror -I$here "$work/$here/known.c" \
		$here/mutant.c -o "$work/known" 2>&1)"
claim 'it behaves as before while nothing is disabled' "$(
	"$work/known" 2>&1 || echo "ended with status $?")"

# number(<what>): as the table says
number()
{
	awk -F '\t' -v what="$1" '$5 == what { print $1 }' "$work/table"
}

claim 'a refusal that is disabled changes what the program does' "$(
	MUTANT=$(number 'never !in_thing(thing, at)') "$work/known" 2>&1 &&
	echo 'it did not')"
claim 'a demand that is disabled changes what the program does' "$(
	MUTANT=$(number 'always things[i].size == size') "$work/known" 2>&1 &&
	echo 'it did not')"
claim 'an error that is disabled changes what the program does' "$(
	MUTANT=$(number 'success for VIRTIO_ERR_INDEX') "$work/known" 2>&1 &&
	echo 'it did not')"
claim 'a report that is disabled changes what the program does' "$(
	MUTANT=$(number 'never thing->size == 4') "$work/known" 2>&1 &&
	echo 'it did not')"
claim 'a check that never decided anything is not recorded as decisive' "$(
	MUTANT_DECISIVE=$work/decisive "$work/known" 2>&1
	grep -qx "$(number 'never rest == 2')" "$work/decisive" &&
		echo 'the one that did not'
	grep -qx "$(number 'never !thing')" "$work/decisive" ||
		echo 'the one that did is missing')"
finish
