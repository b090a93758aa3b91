#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <stanza of tests.conf>: boots a guest whose disk is served over
# vhost-user, ends the server as the stanza says, judges the guest's console and
# the image. Prints TAP; on failure also the ends of console and server's log.

name=$1
here=$(dirname "$0")
work=build/check/vhost/$name
guest=build/guests/debian
declare -A key
claims=()
kills=()
afters=()

. "$here/judge.sh"
. "$here/server.sh"

# read_stanza <name>: what it says goes over what is there.
read_stanza()
{
	local line within=0 found=0 word value
	while IFS= read -r line; do
		case $line in
		"[$1]"|"[*$1]")	within=1; found=1 ;;
		'['*)		within=0 ;;
		'#'*|'')	;;
		*)
			[ $within = 1 ] || continue
			word=${line%% = *}
			value=${line#* = }
			case $word in
			like)			read_stanza "$value" ;;
			expect|order|forbid)	claims+=("$word $value") ;;
			kill)			kills+=("$value") ;;
			after)			afters+=("$value") ;;
			*)			key[$word]=$value ;;
			esac
			;;
		esac
	done < "$here/tests.conf"
	[ $found = 1 ] || { echo "run: no stanza [$1]" >&2; exit 2; }
}

# make_disk: its blocks are those that something wrote to
make_disk()
{
	rm -f "$disk"
	truncate -s "${key[disk]}" "$disk"
	[ -z "${key[content]}" ] || "$here/${key[content]}" "$disk" || exit 1
	sha256=$(sha256sum < "$disk")
	sha256=${sha256%% *}
}

# new_life: another server. The next word of "die" is for this one. When it has
# ended, however it did, the pipe that only it holds says so.
new_life()
{
	local options=()
	read -ra options <<< "${key[options]}"
	life=$((life + 1))
	dies=0
	if [ ${#lives[@]} -gt 0 ]; then
		dies=1
		export KILL_AT=${lives[0]}
		lives=("${lives[@]:1}")
	fi
	server_start "${key[server]}" "$disk" "${options[@]}" \
		9> >(cat > /dev/null; tell_end)
	unset KILL_AT
}

tell_end()
{
	[ ! -p "$scratch/events" ] || echo "@server $life" > "$scratch/events"
}

# boot: QEMU in the background. What happens becomes lines of one pipe: those of
# the console, "@console" at its end, "@server <life>" at the end of a server.
boot()
{
	mkfifo "$scratch/console"
	timeout --kill-after=5 "${key[timeout]}" \
		"${QEMU:-qemu-system-riscv64}" -M virt,memory-backend=memory \
		-object memory-backend-memfd,id=memory,size=256M,share=on \
		-m 256M -nodefaults -display none -no-reboot -serial stdio \
		-global virtio-mmio.force-legacy=false \
		-chardev "socket,id=server,path=$socket,reconnect-ms=100" \
		-device "${key[device]},chardev=server,num-queues=1" \
		-kernel "$guest/kernel" -initrd build/vhost/initramfs \
		-append "console=ttyS0 quiet nowatchdog panic=-1 script=${key[script]}" \
		< /dev/null > "$scratch/console" 2> "$work.qemu.log" &
	front_pid=$!
	{
		sed -u 's/\r$//' < "$scratch/console"
		echo @console
	} > "$scratch/events" &
}

# heard <line of the console>: the next of "kill" may be due.
heard()
{
	printf '%s\n' "$1" >> "$console"
	if [ ${#kills[@]} -gt 0 ] && [[ $1 =~ ${kills[0]} ]]; then
		server_stop KILL
		kills_done=$((kills_done + 1))
		kills=("${kills[@]:1}")
		new_life
	fi
}

# ended <life>: a server that was to end by itself gets a successor; after one
# that was not, nothing more can come of the guest.
ended()
{
	[ "$1" -eq $life ] || return 0
	server_reap
	if [ $dies = 1 ] && [ "$server_status" -eq $killed ]; then
		deaths=$((deaths + 1))
		new_life
	else
		kill "$front_pid"
	fi
}

# follow: whatever happens until the console's end
follow()
{
	local line
	while IFS= read -r -u 3 line; do
		case $line in
		'@server '*)	ended "${line#* }" ;;
		@console)	break ;;
		*)		heard "$line" ;;
		esac
	done
	wait "$front_pid"
	status_qemu=$?
	front_pid=
}

judge_end()
{
	if [ "$status_qemu" -eq 124 ] || [ "$status_qemu" -eq $killed ]; then
		point 0 "ends within ${key[timeout]} s"
	else
		point $((status_qemu == 0)) "QEMU ends with status 0 (got $status_qemu)"
	fi
}

# judge_ends: the servers that were to end did.
judge_ends()
{
	local planned=()
	read -ra planned <<< "${key[die]}"
	[ ${#planned[@]} -eq 0 ] ||
		point $((deaths == ${#planned[@]})) \
			"$deaths of ${#planned[@]} servers died amid a request"
	[ "$kills_planned" -eq 0 ] ||
		point $((kills_done == kills_planned)) \
			"$kills_done of $kills_planned servers were killed"
}

# matches <pattern> [<after line>]: number of the first matching line
matches()
{
	tail -n +$((${2:-0} + 1)) "$console" | grep -anE -m 1 -e "$1" |
	cut -d : -f 1
}

judge_console()
{
	local claim pattern line last=0
	for claim in "${claims[@]}"; do
		pattern=${claim#* }
		case ${claim%% *} in
		expect)
			line=$(matches "$pattern")
			point $((line > 0)) "says /$pattern/"
			;;
		order)
			line=$(matches "$pattern" $last)
			point $((line > 0)) "then says /$pattern/"
			last=$((last + line))
			;;
		forbid)
			line=$(matches "$pattern")
			point $((line == 0)) "never says /$pattern/"
			;;
		esac
	done
}

read_stanza defaults
read_stanza "$name"
kills_planned=${#kills[@]}
kills_done=0
deaths=0
life=0
read -ra lives <<< "${key[die]}"
console=$work.log
say_versions "${QEMU:-qemu-system-riscv64}" "${key[server]}"
sed 's/^/# guest: /' "$guest/versions"
set_up
: > "$console"
mkfifo "$scratch/events"
exec 3<> "$scratch/events"
make_disk
new_life
if server_ready; then
	boot
	follow
	judge_end
	judge_console
	judge_lines 'guest: ' "$console"
	judge_ends
else
	point 0 'the server listens'
fi
judge_server
for after in "${afters[@]}"; do
	holds "the host agrees: $after" "$here/$after" "$disk" "$console" "$sha256"
done
finish "$console" "$work.server.log" "$work.qemu.log"
