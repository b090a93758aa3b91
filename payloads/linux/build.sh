#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# build.sh <linux-source.deb> <fragment of a configuration> <Image>: makes a
# kernel for RISC-V of Debian's source package: nothing but what the fragment
# names, and what that needs. In the source nothing is changed.
#
# It takes some minutes once: the per-user cache keeps the kernel by the sha256
# of source, fragment, compiler and this script. The folder of <Image> is where
# the source is unpacked and built meanwhile.
#
# Environment: CROSS_COMPILE.

set -eu

source=$1
fragment=$2
image=$3
cross=${CROSS_COMPILE-riscv64-linux-gnu-}
here=$(dirname "$0")/../../firmware
. "$here/fetch-lib.sh"

give_up()
{
	echo "linux: $1" >&2
	exit 1
}

# Our own make has variables that are none of this one's business.
kernel_make()
{
	env -i PATH="$PATH" HOME="$HOME" LC_ALL=C \
		KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=bulkhead \
		KBUILD_BUILD_HOST=bulkhead \
		make -C "$work/source" O="$work/build" ARCH=riscv \
		CROSS_COMPILE="$cross" KCONFIG_ALLCONFIG="$(realpath "$fragment")" "$@" \
		> "$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		give_up 'the kernel did not build'
	}
}

# What the fragment asks for may be gone in another version of the source.
check_configuration()
{
	sed -n '/^CONFIG_/p' "$fragment" | while read -r line; do
		grep -qxF "$line" "$work/build/.config" ||
			give_up "the source did not take $line of $fragment"
	done
}

key=$({
	sha256sum < "$source"
	sha256sum < "$fragment"
	sha256sum < "$0"
	"${cross}gcc" --version
	"${cross}ld" --version
} | sha256sum | cut -c 1-64)
entry=$cache_root/linux/$key
# One line, the sha256 of what was built.
if [ -r "$entry" ] && read -r sha256 < "$entry" && cache_has "$sha256" Image; then
	place "$(cache_folder "$sha256")/Image" "$image"
	exit 0
fi

echo "linux: building $(basename "$source" .deb); it takes some minutes, once"
work=$(realpath "$(dirname "$image")")/work
rm -rf "$work"
mkdir -p "$work/source" "$work/build"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP	# not every shell calls that an EXIT
dpkg-deb --fsys-tarfile "$source" |
tar xf - -O --wildcards './usr/src/linux-source-*.tar.xz' |
xz -dc | tar xf - -C "$work/source" --strip-components=1
kernel_make allnoconfig
check_configuration
kernel_make -j"$(nproc 2> /dev/null || echo 2)" Image
built=$work/build/arch/riscv/boot/Image
sha256=$(sha256sum < "$built" | cut -c 1-64)
place "$built" "$(cache_folder "$sha256")/Image"
echo "$sha256" > "$work/entry"
place "$work/entry" "$entry"
place "$built" "$image"
