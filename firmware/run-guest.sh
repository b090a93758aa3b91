#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run-guest.sh run-linux|run-uboot|run-two-linux <folder of the system>: boots it
# as qemu.sh does, with its console at the terminal. With a command, the exit
# status is the command's; without, the firmware's.
#
# run-guest.sh --check <the same words>: only says what is wrong with the
# environment.
#
# Environment: as for qemu.sh; MODE, CMD and V as in "make help"; SECOND_DISK.
# The exit status of a command is also left in the file that STATUS names.

set -eu
export LC_ALL=C

here=$(dirname "$0")

refuse()
{
	printf 'run: %s\n' "$1" >&2
	exit 2
}

tell()
{
	printf '%s: %s\n' "$goal" "$1" >&2
}

# has_files: whether there is an ext4 file system, or a partition table
has_files()
{
	local magic signature
	magic=$(od -An -tx2 -j 1080 -N 2 "$DISK" | tr -d ' ')
	signature=$(od -An -tx2 -j 510 -N 2 "$DISK" | tr -d ' ')
	[ "$magic" = ef53 ] || [ "$signature" = aa55 ]
}

check_environment()
{
	[ "$ARCH" = riscv ] || refuse "$goal is for RISC-V; there is no ARCH=$ARCH of it"
	[[ $MODE =~ ^(grant|window)$ ]] || refuse "MODE=$MODE: choose grant or window"
	case $goal in
	run-uboot)
		[ "$MODE" = grant ] || refuse "MODE=$MODE: U-Boot needs MODE=grant, it keeps no pool"
		[ -z "$DISK" ] || [ -z "$CMD" ] ||
			refuse 'CMD= goes onto the disk that is made; with DISK= there is none'
		;;
	run-two-linux)
		[ -z "$DISK$CMD" ] || refuse 'run-two-linux has disks and commands of its own'
		[ "$WRITE" != 1 ] || refuse 'WRITE=1: the disks of run-two-linux must stay as they are made'
		[ "$HARTS" != 2 ] || refuse "HARTS=$HARTS: run-two-linux needs 3 or more"
		;;
	esac
	SYSTEM= "$here/qemu.sh" --check
	[ "$goal$CMD" != run-linux ] || [ ! /dev/stdin -ef /dev/null ] ||
		refuse 'there is nobody to type at a shell; choose a command with CMD='
	[ "$goal" != run-uboot ] || [ -z "$DISK" ] || [ ! /dev/stdin -ef /dev/null ] ||
		refuse 'there is nobody to type at what DISK= boots; without it one is made that ends by itself'
	[ "$goal" != run-linux ] || [ -z "$DISK" ] || has_files ||
		refuse "DISK=$DISK has no ext4 file system; make one: /sbin/mke2fs -t ext4 <file> 64M"
}

# decode <line of the console>: sets kind and text if it is the next record of
# the command. A line may be there twice, or its beginning, as the console shows
# lines while they grow.
decode()
{
	[[ $1 =~ ^[a-z0-9-]+:\ @$tag\ ([0-9]+)\ ([=+~!])\ ([^\;]*)\;$ ]] || return 1
	[ "${BASH_REMATCH[1]}" -eq $number ] || return 1
	number=$((number + 1))
	kind=${BASH_REMATCH[2]}
	text=${BASH_REMATCH[3]}
}

# show <line of the console>: as a person sees it
show()
{
	if ! decode "$1"; then
		[ $all = 0 ] || [[ $1 == *": @$tag "* ]] || printf '%s%s\n' "$pending" "$1"
		return 0
	fi
	case $kind in
	=|+)
		# The end of a line waits for what comes after it: there may be none.
		printf '%s%b' "$pending" "$text"
		pending=
		[ "$kind" = + ] || pending=$'\n'
		;;
	'~')	pending= ;;
	'!')
		printf '%s' "$pending"
		pending=
		status=$text
		;;
	esac
}

end_machine()
{
	[ -z "$machine" ] || kill "$machine" 2> /dev/null || :
	rm -rf "$scratch"
}

# boot <options of qemu.sh>...: in the background, its console in the pipe
boot()
{
	scratch=$(mktemp -d)
	machine=
	trap end_machine EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	mkfifo "$scratch/console"
	"$here/qemu.sh" "$@" "$folder" < /dev/null > "$scratch/console" 2>&1 &
	machine=$!
}

# follow <what each line goes to>: until the console ends; sets machine_status
follow()
{
	local line
	machine_status=0
	: > "$log"
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%$'\r'}
		# The console has shown the beginning before, and takes it back.
		line=${line##*$'\r\e[K'}
		printf '%s\n' "$line" >> "$log"
		"$1" "$line"
	done < "$scratch/console"
	wait "$machine" || machine_status=$?
	machine=
}

# leave <exit status>
leave()
{
	echo "$1" > "$STATUS"
	exit "$1"
}

run_command()
{
	# What the initramfs holds, to the byte.
	tag=$(printf '%s\n' "$CMD" | sha256sum | cut -c 1-16)
	number=0
	pending=
	status=
	boot
	tell "the console goes to $log"
	follow show
	if [ -z "$status" ]; then
		[ $all = 1 ] || tail -n 20 "$log" >&2
		tell 'the system ended before the command did'
		leave 1
	fi
	[ $machine_status -eq 0 ] ||
		tell "afterwards the firmware ended with status $machine_status, see $log"
	[ "$status" -eq 0 ] || tell "the command ended with status $status"
	[ "$status" -ne 0 ] || leave $machine_status
	leave "$status"
}

# find_after <line number> <pattern>: number of the next matching line, or 0
find_after()
{
	local found
	found=$(tail -n +$(($1 + 1)) "$log" | grep -aE -n -m 1 -e "$2" | cut -d : -f 1)
	echo $((found ? found + $1 : 0))
}

show_line()
{
	printf '%s\n' "$1"
}

# fail <what was not seen>
fail()
{
	tell "$1, see $log"
	exit 1
}

run_two()
{
	local crashed back rounds
	boot
	follow show_line
	crashed=$(find_after 0 '^crash: .*sysrq: Trigger a crash')
	back=$(find_after "$crashed" '^crash: back, and the files are as they were$')
	[ "$crashed" -gt 0 ] && [ "$back" -gt 0 ] || fail 'the one that crashed did not come back'
	rounds=$(sed -n "${crashed},${back}p" "$log" | grep -c '^compute: round') || :
	[ "$(find_after "$crashed" '^compute: computed to the end$')" -gt 0 ] && [ "$rounds" -gt 0 ] ||
		fail 'the other one did not compute on'
	tell "one crashed and is back; the other one computed $rounds rounds meanwhile"
	exit $machine_status
}

if [ "$1" = --check ]; then
	goal=$2
	check_environment
	exit
fi
goal=$1
folder=$2
log=$folder/console.log
all=0
[ "$goal" = run-linux ] && [ "${V:-}" != 1 ] && [ "$GDB" = 0 ] || all=1
case $goal in
run-two-linux)	run_two ;;
*)
	[ -z "$CMD" ] || run_command
	exec "$here/qemu.sh" --keys "$folder"
	;;
esac
