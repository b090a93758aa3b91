#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# same.sh <build folder>...: one source for every build. What the images of the
# machine are made of is what the host's tests are made of, and every build
# compiles all of it.

. tests/source/tap-lib.sh

. tests/source/units-lib.sh

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
		"$(not_compiled "$folder" virtio loopback doorbell frontend)"
done

# images <architecture> <folder of its firmware's objects> <firmware>
images()
{
	payloads=build/$1/payloads
	claim "every source of ring and channel is compiled ($1/payloads)" \
		"$(not_compiled "$payloads" virtio loopback)"
	claim "doorbell and front end are compiled (${2#build/})" \
		"$(not_compiled "$2" doorbell frontend)"
	claim "the client is made of the sources that are tested ($1)" \
		"$(lacks "$payloads/client.elf" lib/virtio/driver.c lib/loopback/client.c)"
	claim "the server is made of the sources that are tested ($1)" \
		"$(lacks "$payloads/server.elf" lib/virtio/device.c lib/virtio/driver.c \
			lib/virtio/region.c lib/loopback/server.c)"
	claim "the firmware is made of the sources that are tested ($1)" \
		"$(lacks "$3" lib/doorbell/doorbell.c lib/compartment/manifest.c \
			lib/partitioner/life.c lib/frontend/channel.c \
			lib/loopback/handshake.c lib/virtio/mmio_device.c "lib/compartment/$1/$1.c")"
}
images riscv build/riscv/opensbi build/riscv/demo/none/fw_payload.elf
images arm64 build/arm64/firmware build/arm64/demo/firmware.elf
finish
