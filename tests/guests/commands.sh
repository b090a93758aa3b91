#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# commands.sh: what a person types, and what comes of it. Prints TAP.

set -u
cd "$(dirname "$0")/../.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
work=build/check/guests/commands
unset MAKEFLAGS MFLAGS MAKELEVEL TESTS
rm -rf $work
mkdir -p $work/files

count=0
failed=0
# point <passed: 0 or 1> <name>
point()
{
	count=$((count + 1))
	if [ "$1" = 1 ]; then
		echo "ok $count - commands: $2"
	else
		echo "not ok $count - commands: $2"
		failed=$((failed + 1))
		tail -n 20 $work/output >&2
	fi
}

# types <make's arguments>...: sets status; the output is in $work/output
types()
{
	timeout --kill-after=5 500 make "$@" < /dev/null > $work/output 2> $work/errors
	status=$?
}

says()
{
	grep -qxF -e "$1" $work/output
}

echo 'of the host' > $work/files/greeting
truncate -s 64M $work/image.ext4
mke2fs -q -t ext4 -d $work/files $work/image.ext4

types run-linux DISK=$work/image.ext4 CMD='cat greeting; echo "a; b" '\''$HOME'\'' \\; exit 7'
point $((status == 2)) 'make fails if the command does'
point "$(says 'of the host' && says 'a; b $HOME \' && echo 1 || echo 0)" 'the output is as the command made it'
grep -q 'the command ended with status 7' $work/errors
point $((! $?)) 'its exit status is said'
[ "$(cat build/guests/status)" = 7 ]
point $((! $?)) 'and left in a file'

before=$(sha256sum < $work/image.ext4)
types run-linux DISK=$work/image.ext4 CMD='echo lost > lost'
point $((status == 0)) 'without WRITE=1 the image is a snapshot'
[ "$(sha256sum < $work/image.ext4)" = "$before" ]
point $((! $?)) 'and stays as it was'

types run-linux DISK=$work/image.ext4 MODE=window HARTS=4 AIA=aplic-imsic WRITE=1 \
	CMD='nproc > harts && sync'
point $((status == 0)) 'with another kernel, a pool and three harts'
debugfs -R 'cat /harts' $work/image.ext4 2> /dev/null | grep -qx 3
point $((! $?)) 'what it wrote is on the image'
e2fsck -fn $work/image.ext4 > $work/e2fsck 2>&1
point $((! $?)) 'and the image is sound'

types run-two-linux
point $((status == 0)) 'two Linux, one crashes and is back, the other computes on'
grep -q '^crash: back, and the files are as they were' $work/output
point $((! $?)) 'both say so'

types run-uboot CMD='echo came up from the disk'
point $((status == 0)) 'U-Boot boots Linux from the disk that was made'
grep -q 'came up from the disk' $work/output
point $((! $?)) 'which runs the command'

echo "1..$count"
[ $failed -gt 0 ] || rm -f $work/image.ext4
