# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154 # of and for those that source it
# Sourced by the tests of this folder: a vhost-user-blk server as a child,
# ended by its own process id.
#
# $work names the test's files: the image is $disk = $work.img, what the server
# says goes to $work.server.log. The socket lies in $scratch, whose name is short:
# a socket's path must not exceed 107 bytes.

serve=build/host/gcc/loopback-serve
connect=build/host/gcc/loopback-connect
killed=137
server_patience=60	# seconds in which it has to start, or to end
server_pid=
front_pid=

# set_up: a scratch folder, and no child left behind
set_up()
{
	disk=$work.img
	: > "$work.server.log"
	scratch=$(mktemp -d)
	socket=$scratch/socket
	trap tear_down EXIT
	trap 'exit 1' INT TERM HUP
}

tear_down()
{
	[ -z "$front_pid" ] || kill "$front_pid" 2> /dev/null
	server_stop KILL
	rm -rf "$scratch"
	[ "$failed" -gt 0 ] || rm -f "$disk"
}

# say_versions <program or kind of server>...: of those that are not ours, as
# comments of TAP: they are whatever this machine has.
say_versions()
{
	local program
	for program; do
		case $program in
		serve)	continue ;;
		daemon)	program=qemu-storage-daemon ;;
		esac
		echo "# $("$program" --version 2>&1 | head -n 1)"
	done
}

# server_start <serve or daemon> <image> [<option of loopback-serve>...]: starts
# one that listens on $socket, and does not wait for it. With KILL_AT in the
# environment it ends by itself, see kill_at.c.
server_start()
{
	local kind=$1 image=$2 preload=
	shift 2
	[ -z "$KILL_AT" ] || preload=$PWD/build/vhost/kill_at.so
	case $kind in
	serve)
		LD_PRELOAD=$preload "$serve" --socket "$socket" --file "$image" "$@" &
		;;
	daemon)
		LD_PRELOAD=$preload qemu-storage-daemon \
			--blockdev "driver=file,node-name=image,filename=$image" \
			--export "type=vhost-user-blk,id=export,node-name=image,\
addr.type=unix,addr.path=$socket,writable=on" &
		;;
	esac >> "$work.server.log" 2>&1 < /dev/null
	server_pid=$!
}

# server_listens: the kernel's table of sockets says that the one with this path
# accepts connections (flag 0x10000). That the path is a socket would not do: it
# is one before listen(), and stays when a server was killed.
server_listens()
{
	local flags path
	while read -r _ _ _ flags _ _ _ path; do
		if [ "$path" = "$socket" ] && [ "$flags" = 00010000 ]; then
			return 0
		fi
	done < /proc/net/unix
	return 1
}

# server_ready: waits until it listens; fails if it has ended, or still does not
server_ready()
{
	local patience=$((10 * server_patience))
	until server_listens; do
		if ! server_alive || [ $patience -eq 0 ]; then
			return 1
		fi
		patience=$((patience - 1))
		sleep 0.1
	done
}

# server_await <file to show the end of>...: a server that does not get ready
# ends the test, as a failure.
server_await()
{
	server_ready && return
	judge_server
	point 0 'the server listens'
	finish "$@"
	exit 1
}

server_alive()
{
	kill -0 "$server_pid" 2> /dev/null
}

# server_reap: waits for its end; sets server_status
server_reap()
{
	wait "$server_pid" 2> /dev/null
	server_status=$?
	server_pid=
}

# server_stop [<signal>]: by force, if that is not enough
server_stop()
{
	[ -n "$server_pid" ] || return 0
	# The shell has something to say about children that were killed.
	{
		kill -s "${1:-TERM}" "$server_pid"
		timeout "$server_patience" \
			tail -s 0.1 -f /dev/null --pid="$server_pid" ||
			kill -s KILL "$server_pid"
	} 2> /dev/null
	server_reap
}

# judge_server: it lives until it is told to end, and ends in good order.
judge_server()
{
	if [ -n "$server_pid" ] && server_alive; then
		server_stop
		point $((server_status == 0)) \
			"the server ends when told to, with status 0 (got $server_status)"
	else
		[ -z "$server_pid" ] || server_reap
		point 0 "the server lives on (it ended with status $server_status)"
	fi
}
