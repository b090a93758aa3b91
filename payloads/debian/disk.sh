#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# disk.sh <disk> <label> <file>...: makes a disk that is one ext4 file system with
# these files, and room for as much again and more.

set -eu
PATH=$PATH:/usr/sbin:/sbin

disk=$1
label=$2
shift 2
rm -rf "$disk" "$disk.files"
mkdir "$disk.files"
cp "$@" "$disk.files"
truncate -s 64M "$disk"
mke2fs -q -t ext4 -L "$label" -d "$disk.files" "$disk"
rm -rf "$disk.files"
