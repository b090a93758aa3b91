#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sound.sh <image> <console>: the image holds a file system without a fault, and
# every file of which the guest said "sha1 <digest> <path>" is in it as the
# guest knew it. At least one is.

set -eu
PATH=$PATH:/usr/sbin:/sbin

image=$1
console=$2

e2fsck -fn "$image"
compared=0
while read -r digest path; do
	found=$(debugfs -R "cat $path" "$image" 2> /dev/null | sha1sum)
	if [ "${found%% *}" != "$digest" ]; then
		echo "$path: the guest said $digest, the image has ${found%% *}"
		exit 1
	fi
	compared=$((compared + 1))
done < <(sed -n 's/^guest: sha1 //p' "$console")
[ $compared -gt 0 ] || { echo 'the guest named no file'; exit 1; }
