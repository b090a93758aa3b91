#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# picture.sh <results.json> <picture.svg>: draws what the rings take per buffer
# while both sides poll, from what "make bench-ring" wrote.

set -eu

json=$1
picture=$2
here=$(dirname "$0")

[ -r "$json" ] || { echo "picture: first run make bench-ring" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# row <number> <result> <label>: number, median, least, most, label
row()
{
	sed -n "s/.*\"name\": \"$2_poll_ns\", \"value\": \([0-9.]*\), .*\"min\": \([0-9.]*\), \"max\": \([0-9.]*\),.*/$1 \1 \2 \3 \"$3\"/p" "$json"
}

{
	row 1 virtio_ring_0_9 'virtio_ring_0_9'
	row 2 virtio_ring_0_9_apart 'virtio_ring_0_9, lines apart'
	row 3 virtio_ring_poll 'virtio_ring_poll'
	row 4 virtio_ring_poll_apart 'virtio_ring_poll, lines apart'
	row 5 virtio_ring_inorder 'virtio_ring_inorder'
	row 6 virtio_ring_inorder_apart 'virtio_ring_inorder, lines apart'
	row 7 ring 'ring (no virtio ring)'
} | sed 's/_/\\\\_/g' > "$scratch/theirs"
{
	row 9 ring_split 'Bulkhead, split'
	row 10 ring_split_inorder 'Bulkhead, split, in order'
	row 11 ring_packed 'Bulkhead, packed'
	row 12 ring_packed_inorder 'Bulkhead, packed, in order'
} > "$scratch/ours"
[ "$(cat "$scratch/theirs" "$scratch/ours" | wc -l)" -eq 11 ] ||
	{ echo "picture: $json lacks results" >&2; exit 1; }

gnuplot -e "theirs='$scratch/theirs'; ours='$scratch/ours'" "$here/picture.gp" > "$scratch/svg"
sed -e '2i <!-- SPDX-License-Identifier: BSD-2-Clause -->' -e 's/[[:space:]]*$//' \
	"$scratch/svg" > "$picture"
echo "picture: $picture"
