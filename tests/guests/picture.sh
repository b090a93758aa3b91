#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# picture.sh <results.json> <picture.svg>: draws what fio gets of our disk as part
# of what it gets of QEMU's, from what "make bench-guest" wrote.

set -eu

json=$1
picture=$2
here=$(dirname "$0")

[ -r "$json" ] || { echo "picture: first run make bench-guest" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# rows <depth> <place of the first>: number, median, least, most, label
rows()
{
	number=$2
	for job in randread_4k randwrite_4k seqread_128k seqwrite_128k seqread_1m seqwrite_1m; do
		label=$(echo "$job" | sed 's/_4k/ 4 KiB/; s/_128k/ 128 KiB/; s/_1m/ 1 MiB/
			s/rand/random /; s/seq/sequential /')
		sed -n "s/.*\"name\": \"fio_vs_qemu_${job}_depth$1\", \"value\": \([0-9.]*\), .*\"min\": \([0-9.]*\), \"max\": \([0-9.]*\),.*/$number \1 \2 \3 \"$label, depth $1\"/p" "$json"
		number=$((number + 1))
	done
}

rows 1 1 > "$scratch/one"
rows 32 8 > "$scratch/many"
[ "$(cat "$scratch/one" "$scratch/many" | wc -l)" -eq 12 ] ||
	{ echo "picture: $json lacks results" >&2; exit 1; }

gnuplot -e "one='$scratch/one'; many='$scratch/many'" "$here/picture.gp" > "$scratch/svg"
sed -e '2i <!-- SPDX-License-Identifier: BSD-2-Clause -->' -e 's/[[:space:]]*$//' \
	"$scratch/svg" > "$picture"
echo "picture: $picture"
