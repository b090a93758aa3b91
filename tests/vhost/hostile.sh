#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# hostile.sh: front ends that break the rules of vhost-user, one after the other,
# against one loopback-serve (see hostile.c); in the end an honest one.

name=hostile
here=$(dirname "$0")
work=build/check/vhost/$name

. "$here/judge.sh"
. "$here/server.sh"

set_up
: > "$work.log"
truncate -s 4194304 "$disk"
server_start serve "$disk"
server_await "$work.log" "$work.server.log"
timeout 300 build/vhost/hostile "$socket" "$server_pid" "$work.server.log" \
	> "$work.log" 2>&1
point $(($? == 0)) 'every attack could be made'
judge_lines '' "$work.log"

holds 'an honest front end writes and reads the whole disk' \
	timeout 300 "$connect" --socket "$socket"
judge_server
finish "$work.log" "$work.server.log"
