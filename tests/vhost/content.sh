#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# content.sh <image>: makes an ext4 file system in it with one file, the tests'
# own sources.

set -eu
PATH=$PATH:/usr/sbin:/sbin

here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat "$here"/*.sh "$here"/guest/init "$here"/guest/tests/* > "$folder/text"
mke2fs -q -F -t ext4 -d "$folder" "$1"
