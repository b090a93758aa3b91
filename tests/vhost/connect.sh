#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# connect.sh: our front end, loopback-connect, with the back end of
# qemu-storage-daemon, and with ours. What it wrote is computed here once more.

name=connect
here=$(dirname "$0")
work=build/check/vhost/$name
sectors=16384

. "$here/judge.sh"
. "$here/server.sh"

# pattern <first sector> <sectors> <seed>: what loopback-connect writes there
pattern()
{
	perl -e '
		use integer;
		my ($first, $count, $seed) = @ARGV;
		binmode STDOUT;
		for my $word ($first * 64 + 1 .. ($first + $count) * 64) {
			print pack("q<", $word * -7046029254386353131 ^ $seed);
		}' "$@"
}

# says <pattern> <status> <option>...: it ends with that status and last line
says()
{
	local pattern=$1 wanted=$2 status
	shift 2
	timeout 300 "$connect" --socket "$socket" "$@" >> "$work.log" 2>&1
	status=$?
	if [ $status -ne "$wanted" ] ||
	   ! tail -n 1 "$work.log" | grep -qE "$pattern"; then
		echo "it ended with status $status and said:"
		tail -n 1 "$work.log"
		return 1
	fi
}

new_disk()
{
	rm -f "$disk"
	truncate -s $((sectors * 512)) "$disk"
}

whole="$sectors sectors from 0 written, flushed and read back, all equal"

say_versions daemon
set_up
: > "$work.log"
new_disk
server_start daemon "$disk"
server_await "$work.log" "$work.server.log"
holds 'qemu-storage-daemon: the whole disk is written, flushed and read back' \
	says "$whole \(seed 1," 0 --seed 1
holds 'qemu-storage-daemon: a part of it, few requests at a time' \
	says '999 sectors from 1001 written' 0 \
		--seed 2 --sector 1001 --sectors 999 --depth 3
judge_server
holds 'the image holds both patterns, byte for byte' \
	cmp "$disk" <(
		pattern 0 1001 1
		pattern 1001 999 2
		pattern 2000 $((sectors - 2000)) 1)

printf x | dd of="$disk" bs=1 seek=$((12345 * 512 + 67)) conv=notrunc status=none
server_start daemon "$disk"
server_await "$work.log" "$work.server.log"
# It leaves at once. Of one that leaves requests behind, QEMU 10.0's daemon was
# seen to die: vhost_user_server_inc_in_flight: Assertion `!server->wait_idle'.
holds 'one byte that was changed on the host is found' \
	says 'sector 12345, byte 67: is not what was written' 1 \
		--seed 1 --read-only --sector 2000 --depth 1
judge_server

new_disk
KILL_AT=after:100 server_start serve "$disk"
server_await "$work.log" "$work.server.log"
timeout 300 "$connect" --socket "$socket" --seed 3 --reconnect 300 >> "$work.log" 2>&1 &
front_pid=$!
for at in before:31 after:60 ''; do
	# Either may end first; only the server should.
	wait -n "$server_pid" "$front_pid" 2> /dev/null
	server_stop
	point $((server_status == killed)) 'loopback-serve dies amid a request'
	KILL_AT=$at server_start serve "$disk"
done
wait "$front_pid"
status=$?
front_pid=
point $((status == 0)) 'loopback-connect goes on with the next'
holds 'it counts four lives of the back end' \
	grep -q "$whole (seed 3, 4 lives" "$work.log"
judge_server
holds 'nothing is lost' cmp "$disk" <(pattern 0 $sectors 3)

server_start serve "$disk" --read-only
server_await "$work.log" "$work.server.log"
holds 'a read-only disk is not written to' \
	says 'the disk is read-only' 1 --seed 4
holds 'a read-only disk is read' \
	says "$sectors sectors from 0 read, all equal" 0 --seed 3 --read-only
judge_server
holds 'it is unchanged' cmp "$disk" <(pattern 0 $sectors 3)
finish "$work.log" "$work.server.log"
