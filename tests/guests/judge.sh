#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# judge.sh <image> <console> <image of the kernel> <aia> <harts>: the file system
# is sound and holds what the guest said it does; and of what the kernel warned,
# the same kernel warns on a bare machine as well.

set -eu

here=$(dirname "$0")
bare=build/guests/tests/bare-$3-$4-$5.log
console=$(mktemp)
trap 'rm -f "$console"' EXIT
# The firmware has put a name before each line.
sed 's/^linux: //' "$2" > "$console"
"$here/../vhost/sound.sh" "$1" "$console"

# Numbers are the machine's; how long something took is the host's affair. So is
# whether a hart that says farewell has stopped by the only time that Linux asks:
# on a busy host the bare machine's often has not.
said()
{
	sed -n "/hrtimer: interrupt took/d; /HART[0-9]* isn't stopped; status/d
		/CPU[0-9]* may not have stopped/d; s/^guest: log //p" "$1" |
	sed 's/0x[0-9a-f]*/N/g; s/[0-9][0-9]*/N/g' | sort -u
}

grep -q '^guest: rebooting' "$console"
# Of a log that was not printed, no line would be new.
for log in "$bare" "$console"; do
	grep -q '^guest: log ends here$' "$log" ||
		{ echo "$log: nothing of the kernel's log"; exit 1; }
done
new=$(comm -13 <(said "$bare") <(said "$console"))
[ -z "$new" ] || { echo "on the bare machine it does not say: $new"; exit 1; }
