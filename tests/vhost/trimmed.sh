#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# trimmed.sh <image> <console>: the image takes up less than what the guest said
# that it trimmed away again; had nothing been discarded, it would be more.

set -eu

trimmed=$(sed -n 's/^guest: trimmed \([0-9]*\) MiB$/\1/p' "$2")
[ -n "$trimmed" ] || { echo 'the guest trimmed nothing'; exit 1; }
allocated=$(stat -c '%b * %B / 1048576' "$1")
if [ $((allocated)) -ge "$trimmed" ]; then
	echo "$((allocated)) MiB are in use after $trimmed MiB were discarded"
	exit 1
fi
