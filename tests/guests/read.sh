#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# read.sh <image> <console> <file>: of the file, which lies on the image as well,
# the guest has read every byte.

digest=$(sha256sum < "$3" | cut -d ' ' -f 1)
grep -q "guest: digest $digest" "$2"
