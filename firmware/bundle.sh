#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bundle.sh <architecture> <manifest.dtb> <folder of payload binaries> <bundle.itb>
#
# Packs a compiled manifest and every image that it names into one FIT, each
# with its sha256. An image that does not exist is left out with a warning:
# the firmware refuses such a bundle, and a test relies on it.

set -eu

architecture=$1
manifest=$2
payloads=$3
bundle=$4
source=${bundle%.itb}.its

# image <name> <file> <type> <description>
image()
{
	cat <<NODE
		$1 {
			description = "$4";
			data = /incbin/("$(realpath "$2")");
			type = "$3";
			arch = "$architecture";
			os = "elf";
			compression = "none";
			hash-1 {
				algo = "sha256";
			};
		};
NODE
}

named_images()
{
	for node in $(fdtget -l "$manifest" /compartments 2>/dev/null); do
		fdtget -d '' "$manifest" "/compartments/$node" image
		fdtget -d '' "$manifest" "/compartments/$node" initrd
	done | sed '/^$/d' | sort -u
}

{
	cat <<'HEAD'
/dts-v1/;
/ {
	description = "Bulkhead bundle";
	#address-cells = <1>;
	images {
HEAD
	image manifest "$manifest" flat_dt 'the manifest'
	for name in $(named_images); do
		if [ -r "$payloads/$name.bin" ]; then
			image "$name" "$payloads/$name.bin" standalone \
				"image $name"
		else
			echo "bundle: $payloads/$name.bin is not there; left out" >&2
		fi
	done
	cat <<'TAIL'
	};
	configurations {
		default = "bulkhead";
		bulkhead {
			description = "one system";
			fdt = "manifest";
		};
	};
};
TAIL
} > "$source"

SOURCE_DATE_EPOCH=0 mkimage -f "$source" "$bundle" > "$bundle.log" 2>&1 ||
{
	cat "$bundle.log" >&2
	exit 1
}
