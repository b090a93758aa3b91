#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <case file>: boots one case under QEMU, bounded in time, and judges its
# console, exit status and disk. Prints TAP; on failure also the console's end.

case_file=$1
work=${case_file%.case}
here=$(dirname "$0")
declare -A key
claims=()
typing=()

# What patterns may name: where RAM begins, and the devices as in machine.h of
# the architecture's manifests.
declare -A ram=([riscv]=0x80000000 [arm64]=0x40000000)
declare -A disk_path=([riscv]=/soc/virtio_mmio@10001000 [arm64]=/virtio_mmio@a000000)
declare -A second_disk_path=([riscv]=/soc/virtio_mmio@10002000 [arm64]=/virtio_mmio@a001000)

# Where the firmware lies for U-Boot to start it.
loaded_at=0x48000000

while IFS= read -r line; do
	name=${line%% = *}
	value=${line#* = }
	case $name in
	expect|order|forbid)	claims+=("$name $value") ;;
	type)			typing+=("$value") ;;
	*)			key[$name]=$value ;;
	esac
done < "$case_file"

count=0
failed=0
# point <passed: 0 or 1> <name>
point()
{
	count=$((count + 1))
	if [ "$1" = 1 ]; then
		echo "ok $count - ${key[name]}: $2"
	else
		echo "not ok $count - ${key[name]}: $2"
		echo "${key[name]}: not so: $2" >&2
		failed=$((failed + 1))
	fi
}

# fill <text>: $filled is that with the values of what it names in braces
fill()
{
	filled=${1//'{sha256}'/${sha256:-}}
	filled=${filled//'{bytes}'/${key[disk]}}
	filled=${filled//'{aia}'/${key[aia]}}
	filled=${filled//'{disk}'/${disk_path[${key[arch]}]}}
	filled=${filled//'{second-disk}'/${second_disk_path[${key[arch]}]}}
	while [[ $filled =~ \{ram\+([0-9a-f]+)\} ]]; do
		filled=${filled/"${BASH_REMATCH[0]}"/$(printf '%#x' \
			$((${ram[${key[arch]}]} + 0x${BASH_REMATCH[1]})))}
	done
}

make_disk()
{
	disk=
	[ "${key[disk]}" != none ] || return 0
	disk=$work.img
	rm -f "$disk"
	case ${key[disk]} in
	*/*)
		cp --sparse=always "${key[disk]}" "$disk"
		return
		;;
	'empty '*)
		truncate -s "${key[disk]#empty }" "$disk"
		return
		;;
	esac
	while [ "$(stat -c %s "$disk" 2> /dev/null || echo 0)" -lt "${key[disk]}" ]; do
		cat build/demo.img >> "$disk"
	done
	truncate -s "${key[disk]}" "$disk"
	sha256=$(sha256sum < "$disk")
	sha256=${sha256%% *}
}

make_firmware()
{
	local intact
	case ${key[arch]} in
	riscv)
		system=build/riscv/${key[system]}/${key[aia]}
		intact=$system/fw_payload.bin
		;;
	arm64)
		system=build/arm64/${key[system]}
		intact=$system/firmware.bin
		;;
	esac
	firmware=$intact
	[ -n "${key[damage]}" ] || return 0
	firmware=$work.bin
	# shellcheck disable=SC2086 # words
	"$here/damage.sh" "$intact" "$system/bundle.itb" "$firmware" ${key[damage]} || exit 1
}

# make_tree <node> <property> <cell>...: the machine's own, with another property
make_tree()
{
	local machine=virt,gic-version=3,virtualization=on,its=off
	[ "${key[arch]}" = arm64 ] || machine=virt,aia=${key[aia]}
	"$qemu" -M "$machine,dumpdtb=$work.dtb" -cpu "${key[cpu]}" -smp "${key[harts]}" \
		-m "${key[mem]}" -display none -nic none > /dev/null 2>&1 &&
	fdtput -t x "$work.dtb" "$@" || exit 1
}

# How the machine is started: straight with the firmware, by U-Boot, or in a
# mode that does not suffice.
choose_start()
{
	options=(--unchecked --firmware "$firmware")
	typist=true
	[ ${#typing[@]} -eq 0 ] || typist=type_answers
	case ${key[start]} in
	direct)	;;
	u-boot)
		options+=(--loader build/u-boot/usr/lib/u-boot/qemu_arm64/u-boot.bin $loaded_at)
		typist=type_to_u_boot
		;;
	el1)
		options+=(--machine gic-version=3)
		;;
	secure)
		options+=(--machine virtualization=on,gic-version=3,its=off,secure=on)
		;;
	*)
		echo "no way to start: ${key[start]}" >&2
		exit 1
		;;
	esac
	if [ -n "${key[tree]}" ]; then
		fill "${key[tree]}"
		# shellcheck disable=SC2086 # words
		make_tree $filled
		options+=(--tree "$work.dtb")
	fi
}

# until_console <pattern>: false if it has not come before the machine ends
until_console()
{
	until grep -aqE -e "$1" "$work.raw"; do
		[ -e "$work.running" ] || return 1
		sleep 0.1
	done
}

# What a person would type; U-Boot gives the firmware the tree that it runs by.
type_to_u_boot()
{
	until_console 'Hit any key' && echo
	until_console '^=> ' && echo "booti $loaded_at - \${fdtcontroladdr}"
	until_console '^bulkhead: '
}

# What the case says, each as soon as the console shows what it is an answer to.
type_answers()
{
	local entry
	for entry in "${typing[@]}"; do
		until_console "${entry%% => *}" || return 0
		printf '%b' "${entry#* => }"
	done
}

# Ends by itself, or after the time limit by the pid that timeout(1) has.
boot()
{
	console=$work.log
	: > "$work.raw"
	: > "$work.running"
	$typist < /dev/null | {
		ARCH=${key[arch]} HARTS=${key[harts]} AIA=${key[aia]} MEM=${key[mem]} \
		CPU=${key[cpu]} DISK=$disk WRITE=${key[write]} GDB=0 \
			timeout --kill-after=5 "${key[timeout]}" \
			"$here/../../firmware/qemu.sh" "${options[@]}" "$system" 2>&1
		echo $? > "$work.status"
		rm -f "$work.running"
	} > "$work.raw"
	# A line that grows is taken back for others' lines, and shown again.
	LC_ALL=C sed $'s/.*\r\e\\[K//; s/\r//g' "$work.raw" > "$console"
	status=$(cat "$work.status")
	rm -f "$work.raw" "$work.status"
}

judge_end()
{
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
		point 0 "ends within ${key[timeout]} s"
	elif [ "${key[status]}" = failure ]; then
		point $((status != 0)) "ends with a failure status (got $status)"
	else
		point $((status == key[status])) \
			"ends with status ${key[status]} (got $status)"
	fi
}

# matches <pattern> [<after line>]: number of the first matching line
matches()
{
	tail -n +$((${2:-0} + 1)) "$console" | grep -anE -m 1 -e "$1" |
	cut -d : -f 1
}

judge_console()
{
	local claim kind pattern line last=0
	for claim in "${claims[@]}"; do
		kind=${claim%% *}
		pattern=${claim#* }
		fill "$pattern"
		pattern=$filled
		case $kind in
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

# Every check that a payload, or a script under Linux, reports counts too.
judge_reports()
{
	local line verdict
	while IFS= read -r line; do
		[[ $line =~ ^([a-z0-9-]+):\ (guest:\ )?(PASS|FAIL)\ (.*)$ ]] || continue
		verdict=0
		[ "${BASH_REMATCH[3]}" = FAIL ] || verdict=1
		point $verdict "${BASH_REMATCH[1]} reports ${BASH_REMATCH[4]}"
	done < "$console"
}

judge_disk()
{
	[ -n "${key[after]}" ] || return 0
	local words output
	fill "${key[after]}"
	read -ra words <<< "$filled"
	if output=$("$here/${words[0]}" "$disk" "$console" "${words[@]:1}" 2>&1); then
		point 1 "the host agrees: ${key[after]}"
	else
		point 0 "the host agrees: ${key[after]}"
		echo "$output" >&2
	fi
}

qemu=${QEMU:-qemu-system-riscv64}
[ "${key[arch]}" = riscv ] || qemu=${AARCH64_QEMU:-qemu-system-aarch64}
make_disk
make_firmware
choose_start
boot
judge_end
judge_console
judge_reports
judge_disk
echo "1..$count"
if [ $failed -gt 0 ]; then
	{
		echo "--- ${key[name]}: the end of its console ($console)"
		tail -n 30 "$console"
		echo "---"
	} >&2
else
	rm -f "$work.bin" "$work.img" "$work.dtb"
fi
