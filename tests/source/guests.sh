#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What unmodified systems are run with, without booting one: their manifests are
# accepted for every number of harts, interrupt architecture and mode; what a
# command prints gets through the console to the byte, with its status.

. tests/source/tap-lib.sh

check=build/host/gcc/bulkhead-check
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES ARCH SYSTEM HARTS AIA MEM DISK \
	WRITE CPU GDB MODE CMD V

# One line each: system, mode, harts, aia
combinations()
{
	for aia in none aplic aplic-imsic; do
		for harts in 2 3 4 5 6 7 8; do
			for mode in grant window; do
				echo "linux $mode $harts $aia"
				echo "command $mode $harts $aia"
				[ $harts = 2 ] || echo "two-linux $mode $harts $aia"
			done
			echo "uboot grant $harts $aia"
			echo "uboot-command grant $harts $aia"
		done
	done
}

# refused <aia>: what the checker has against those for that machine
refused()
{
	combinations | grep " $1\$" |
	while read -r system mode harts aia; do
		[ -e "$work/$aia-$harts" ] ||
			"${QEMU:-qemu-system-riscv64}" -smp "$harts" -m 2G -display none \
				-M "virt,aia=$aia,dumpdtb=$work/$aia-$harts" > /dev/null 2>&1
		"$check" "build/riscv/guests/$system/$mode-$harts/$aia/manifest.dtb" \
			"$work/$aia-$harts" > "$work/said" 2>&1 || {
			echo "$system/$mode-$harts/$aia:"
			cat "$work/said"
		}
	done
}

combinations | sed 's|\(.*\) \(.*\) \(.*\) \(.*\)|build/riscv/guests/\1/\2-\3/\4/manifest.dtb|' |
xargs make -s > "$work/made" 2>&1
status=$?
claim 'the manifests of guests are made' "$([ $status -eq 0 ] || cat "$work/made")"
for aia in none aplic aplic-imsic; do
	claim "bulkhead-check accepts the guests for 2 to 8 harts ($aia)" "$(refused $aia)"
done

# The console of a system that ran a command, as the firmware shows it: a line
# comes again, or only its beginning, when another compartment prints amid it,
# and a beginning is taken back.
cp firmware/run-guest.sh "$work"
cat > "$work/qemu.sh" <<'QEMU'
#!/bin/sh
tag=$(printf '%s\n' "$CMD" | sha256sum | cut -c 1-16)
here=$(dirname "$0")
echo 'linux: [    0.000000] Linux version'
{
	sh -c "$CMD" < /dev/null 2>&1
	echo $? > "$here/status"
	printf '\n%s\n' "$tag"
} |
LC_ALL=C awk -v tag="$tag" -v status_file="$here/status" -f payloads/debian/root/record.awk |
sed "${CUT:-}" |
LC_ALL=C awk '{
	if (length($0) > 150)
		print "linux: more than the console shows in a line"
	print "linux: " substr($0, 1, length($0) / 2)
	print "server: says something"
	print "linux: " substr($0, 1, length($0) / 2) "\r\033[Klinux: " $0 "\r"
	print "linux: " $0
}'
exit "${QEMU_STATUS:-0}"
QEMU
chmod +x "$work/qemu.sh"
mkdir "$work/system"

# run <command>: output and status as make run-linux has them
run()
{
	ARCH=riscv V=0 GDB=0 STATUS=$work/status CMD=$1 "$work/run-guest.sh" run-linux "$work/system" \
		> "$work/output" 2> "$work/said"
	status=$?
}

# exact <what> <command>: as if it had been run here
exact()
{
	run "$2"
	sh -c "$2" > "$work/expected" 2>&1 < /dev/null
	expected=$?
	claim "a command's output and status: $1" "$(
		[ $status -eq $expected ] || echo "status $status, not $expected"
		cmp "$work/output" "$work/expected" 2>&1
		! grep -a 'more than' "$work/system/console.log")"
}

exact 'nothing' :
exact 'one line' 'echo one'
exact 'no end of the last line' 'echo one; printf two'
exact 'an end of a line, and no more' echo
exact 'empty lines before, between and after' 'printf "\n\na\n\n\nb\n\n\n"'
exact 'another status' 'echo one; exit 7'
exact 'a signal' 'kill $$'
exact 'what goes wrong, too' 'echo one >&2; no-such-command'
exact 'every byte but zero' 'awk "BEGIN { for (i = 1; i < 256; i++) printf \"%c\", i }"'
exact 'long lines' 'printf "%0500d\n%0100d\n%099d\n%0101d" 1 2 3 4; printf "\\\\%.0s" $(seq 300)'
exact 'quotes, dollars and lines of its own' "echo 'a\"b' \"\$((6 * 7))\" '\$HOME'
	echo second"
exact 'lines that look like records' 'echo "@0123456789abcdef 0 ! 0;"; echo "linux: @ 0 = a;"'
exact 'a thousand lines' 'seq 1000'

run 'exit 3'
claim 'the status of a command that failed is told' "$(
	grep -q 'the command ended with status 3$' "$work/said" || cat "$work/said")"
export QEMU_STATUS=1
run :
claim 'a firmware that ends badly after the command is a failure' "$(
	[ $status -eq 1 ] && grep -q 'firmware ended with status 1' "$work/said" ||
		echo "status $status: $(cat "$work/said")")"
unset QEMU_STATUS
export CUT='/ ! /d'
run :
claim 'so is a system that ends before the command does' "$(
	[ $status -eq 1 ] && grep -q 'ended before the command did' "$work/said" ||
		echo "status $status: $(cat "$work/said")")"
export CUT='2d'
run 'seq 3'
claim 'so is output of which some was lost' "$(
	[ $status -eq 1 ] && [ "$(cat "$work/output")" = 1 ] ||
		echo "status $status: $(cat "$work/output")")"
finish
