#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every file says its licence and none has grown out of hand; no link leads nowhere
# and no macro is left over.

. tests/source/tap-lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

claim 'every file has an SPDX line within its first three' "$(
	our_files ! -name COPYING.BSD ! -name '*.md' ! -name help.txt |
	while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
			echo "$file"
	done)"

claim 'no source file is longer than 440 lines' "$(
	our_files -name '*.[chS]' -o -name '*.sh' |
	xargs wc -l | awk '$2 != "total" && $1 > 440')"

# A name that is there once is its own definition. Those of include/virtio are
# for whoever takes the library: the specification's, all of them.
claim 'every macro is used' "$(
	our_files -name '*.[chS]' | xargs grep -ohE '[A-Za-z0-9_]+' |
	sort | uniq -c | awk '$1 == 1 { print $2 }' |
	grep -xE '[A-Z][A-Z0-9_]*' > "$work/once"
	our_files -name '*.[chS]' | grep -v ^include/virtio/ |
	xargs sed -nE 's/^[[:space:]]*#[[:space:]]*define[[:space:]]+([A-Z0-9_]+).*/\1/p' |
	grep -xFf "$work/once")"

claim 'no trailing white space' "$(
	our_files ! -name '*.md' | xargs grep -nE '[[:space:]]+$' /dev/null)"
claim 'every link of a document to a file of ours leads somewhere' "$(
	our_files -name '*.md' |
	while read -r file; do
		grep -oE '\]\([^)#:]+[)#]' "$file" | sed -E 's/^\]\(//; s/[)#]$//' |
		while read -r link; do
			[ -e "$(dirname "$file")/$link" ] || echo "$file: $link"
		done
	done)"
finish
