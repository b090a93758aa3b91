#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# same.sh <build folder>...: one source for every build. What the images of the
# machine are made of is what the host's tests are made of, and every build
# compiles all of it.

. tests/source/tap-lib.sh

payloads=build/riscv/payloads
firmware=build/riscv/demo/none/fw_payload.elf

# units <image>: the sources of our libraries that the compiler's debugging
# information says it was made of; lib/riscv is glue and has no part here
units()
{
	LC_ALL=C readelf --debug-dump=info --dwarf-depth=1 "$1" 2>/dev/null |
	sed -nE 's,.*DW_AT_name .*[: /](lib/(virtio|loopback|doorbell|compartment)/[^/]*\.c)[[:space:]]*$,\1,p' |
	sort -u
}

# not_compiled <build folder> <library>...: sources of ours which that build
# did not compile, or took from elsewhere
not_compiled()
{
	folder=$1
	shift
	for library; do
		for source in lib/"$library"/*.c; do
			[ "$(units "$folder/${source%.c}.o")" = "$source" ] ||
				echo "$source"
		done
	done
}

# lacks <image> <source>...: of these sources, what the image does not hold; and
# of the sources it does hold, what is not in the library of the host's tests
lacks()
{
	image=$1
	shift
	units "$image" > "$work/image"
	for source; do
		grep -qx "$source" "$work/image" || echo "no $source"
	done
	units build/host/gcc/library.a | comm -13 - "$work/image"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for folder; do
	claim "every source of the core is compiled (${folder#build/})" \
		"$(not_compiled "$folder" virtio loopback doorbell)"
done
claim 'every source of ring and channel is compiled (riscv/payloads)' \
	"$(not_compiled $payloads virtio loopback)"
claim 'the doorbell is compiled (riscv/opensbi)' \
	"$(not_compiled build/riscv/opensbi doorbell)"
claim 'the client is made of the sources that are tested' \
	"$(lacks $payloads/client.elf lib/virtio/driver.c lib/loopback/client.c)"
claim 'the server is made of the sources that are tested' \
	"$(lacks $payloads/server.elf lib/virtio/device.c lib/virtio/driver.c \
		lib/virtio/region.c lib/loopback/server.c)"
claim 'the firmware is made of the sources that are tested' \
	"$(lacks $firmware lib/doorbell/doorbell.c lib/compartment/manifest.c)"
finish
