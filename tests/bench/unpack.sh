#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# unpack.sh <linux-source.deb> <package> <folder>: puts tools/virtio/ringtest of
# the kernel's source there, and nothing else of it.

set -eu

deb=$1
package=$2
folder=$3
inside=$package/tools/virtio/ringtest

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
dpkg-deb --fsys-tarfile "$deb" |
	tar -xf - -C "$scratch" "./usr/src/$package.tar.xz"
tar -xJf "$scratch/usr/src/$package.tar.xz" -C "$scratch" "$inside"
rm -rf "$folder"
mkdir -p "$folder"
cp "$scratch/$inside"/*.[ch] "$scratch/$inside/Makefile" "$folder"
dpkg-deb --field "$deb" Version > "$folder/version"
