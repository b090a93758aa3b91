# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the tests of this folder: a vhost-user-blk server as a child,
# ended by its own process id.
#
# $work names the test's files: the image is $disk = $work.img, what the server
# says goes to $work.server.log. The socket lies in $scratch, whose name is short:
# a socket's path must not exceed 107 bytes.

serve=build/host/gcc/loopback-serve
connect=build/host/gcc/loopback-connect
killed=137
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

# server_start <serve or daemon> <image> [<option of loopback-serve>...]: starts
# one that listens on $socket, and does not wait for it.
server_start()
{
	local kind=$1 image=$2
	shift 2
	case $kind in
	serve)
		"$serve" --socket "$socket" --file "$image" "$@" &
		;;
	daemon)
		qemu-storage-daemon \
			--blockdev "driver=file,node-name=image,discard=unmap,filename=$image" \
			--export "type=vhost-user-blk,id=export,node-name=image,addr.type=unix,addr.path=$socket,writable=on" &
		;;
	esac >> "$work.server.log" 2>&1 < /dev/null
	server_pid=$!
}

# server_ready: waits until it listens, or has ended
server_ready()
{
	until [ -S "$socket" ]; do
		server_alive || return 1
		sleep 0.1
	done
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

# server_stop [<signal>]
server_stop()
{
	[ -n "$server_pid" ] || return 0
	kill -s "${1:-TERM}" "$server_pid" 2> /dev/null
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
