#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <case file>: boots one case under QEMU, bounded in time, and judges its
# console, exit status and disk. Prints TAP; on failure also the console's end.

case_file=$1
work=${case_file%.case}
here=$(dirname "$0")
declare -A key
claims=()

while IFS= read -r line; do
	name=${line%% = *}
	value=${line#* = }
	case $name in
	expect|order|forbid)	claims+=("$name $value") ;;
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

make_disk()
{
	disk=
	[ "${key[disk]}" != none ] || return 0
	disk=$work.img
	rm -f "$disk"
	while [ "$(stat -c %s "$disk" 2> /dev/null || echo 0)" -lt "${key[disk]}" ]; do
		cat build/demo.img >> "$disk"
	done
	truncate -s "${key[disk]}" "$disk"
	sha256=$(sha256sum < "$disk")
	sha256=${sha256%% *}
}

make_firmware()
{
	system=build/riscv/${key[system]}/${key[aia]}
	firmware=$system/fw_payload.bin
	[ -n "${key[damage]}" ] || return 0
	firmware=$work.bin
	# shellcheck disable=SC2086 # words
	"$here/damage.sh" "$system" "$firmware" ${key[damage]} || exit 1
}

# Ends by itself, or after the time limit by the pid that timeout(1) has.
boot()
{
	console=$work.log
	HARTS=${key[harts]} AIA=${key[aia]} MEM=${key[mem]} CPU=${key[cpu]} \
	DISK=$disk WRITE=${key[write]} GDB=0 \
		timeout --kill-after=5 "${key[timeout]}" \
		"$here/../../firmware/qemu.sh" --unchecked --firmware "$firmware" "$system" \
		< /dev/null 2>&1 | tr -d '\r' > "$console"
	status=${PIPESTATUS[0]}
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
		pattern=${pattern//'{sha256}'/$sha256}
		pattern=${pattern//'{bytes}'/${key[disk]}}
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

# Every check that a payload itself reports counts too.
judge_reports()
{
	local line verdict
	while IFS= read -r line; do
		[[ $line =~ ^([a-z0-9-]+):\ (PASS|FAIL)\ (.*)$ ]] || continue
		verdict=0
		[ "${BASH_REMATCH[2]}" = FAIL ] || verdict=1
		point $verdict "${BASH_REMATCH[1]} reports ${BASH_REMATCH[3]}"
	done < "$console"
}

judge_disk()
{
	[ -n "${key[after]}" ] || return 0
	local words output
	read -ra words <<< "${key[after]}"
	if output=$("$here/${words[0]}" "$disk" "$console" "${words[@]:1}" 2>&1); then
		point 1 "the host agrees: ${key[after]}"
	else
		point 0 "the host agrees: ${key[after]}"
		echo "$output" >&2
	fi
}

make_disk
make_firmware
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
	rm -f "$work.bin" "$work.img"
fi
