#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pack.sh <initramfs> <folder>...: packs what these folders hold, laid over each
# other, for the kernel to start from. The same files make the same bytes.

set -eu

initramfs=$1
shift
staged=$initramfs.staged

rm -rf "$staged"
mkdir -p "$staged"
for folder; do
	cp -R "$folder/." "$staged"
done
find "$staged" -exec touch -h -d @0 {} +
(
	cd "$staged"
	find . | LC_ALL=C sort |
	cpio -o -H newc --quiet --reproducible -R 0:0
) | gzip -n > "$initramfs"
rm -rf "$staged"
