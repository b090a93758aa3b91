#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Nothing is there twice: what lines.sh counts as shared is in the images of
# both architectures, what it counts as one's is in none of the other's, and the
# shared part is the larger.

. tests/source/tap-lib.sh
. tests/source/units-lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pattern='(lib|platform|payloads)/[a-z0-9_/-]+\.[cS]'
payload_images()
{
	ls build/"$1"/payloads/*.elf
}
# shellcheck disable=SC2046 # a list
for part in firmware payloads; do
	for arch in riscv arm64; do
		case $part,$arch in
		firmware,riscv)	set -- build/riscv/demo/none/fw_payload.elf ;;
		firmware,arm64)	set -- build/arm64/demo/firmware.elf ;;
		payloads,*)	set -- $(payload_images $arch) ;;
		esac
		sources_of "$pattern" "$@" > "$work/$part.$arch"
		other=arm64
		[ $arch = riscv ] || other=riscv
		claim "every shared source is in the $part of $arch" "$(
			firmware/lines.sh --files | sed -n "s/^$part shared //p" |
			sort | comm -23 - "$work/$part.$arch")"
		claim "no source of $other is in the $part of $arch" "$(
			firmware/lines.sh --files | sed -n "s/^[a-z]* $other //p" |
			sort | comm -12 - "$work/$part.$arch")"
	done
done

measured=$(firmware/lines.sh)
echo "$measured" | sed 's/^/# /'
claim 'the shared part is larger than the part of any architecture' "$(
	echo "$measured" | awk -F '[ ,]+' '
	$1 == "together:" { seen = 1; if ($3 <= $5 || $3 <= $7) print }
	END { if (!seen) print "nothing was counted" }')"
finish
