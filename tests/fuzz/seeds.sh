#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# seeds.sh <folder> <manifest.dtb>...: inputs for the fuzzers of the manifest and
# of the bundle, made of manifests that the firmware is made with.

set -eu

seeds=$1
shift
rm -rf "$seeds"
mkdir -p "$seeds/manifest" "$seeds/bundle" "$seeds/images"

for manifest; do
	case $manifest in
	build/arm64/*)
		# The other machine; no edit of the manifest, and this one.
		system=$(basename "$(dirname "$manifest")")
		{ printf '\003\000'; cat "$manifest"; } > "$seeds/manifest/$system-arm64"
		continue
		;;
	esac
	system=$(basename "$(dirname "$(dirname "$manifest")")")
	# No edit of the machine, none of the manifest, and this one.
	{ printf '\000\000'; cat "$manifest"; } > "$seeds/manifest/$system"
	for image in $(fdtget -l "$manifest" /compartments 2>/dev/null); do
		for word in image initrd; do
			name=$(fdtget -d '' "$manifest" "/compartments/$image" $word)
			[ -z "$name" ] || echo "image $name" > "$seeds/images/$name.bin"
		done
	done
	firmware/bundle.sh riscv "$manifest" "$seeds/images" \
		"$seeds/images/$system.itb" 2> /dev/null
	{ printf '\000\000'; cat "$seeds/images/$system.itb"; } > "$seeds/bundle/$system"
done
rm -r "$seeds/images"
