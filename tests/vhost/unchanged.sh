#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# unchanged.sh <image> <console> <sha256>: the image is as it was before, and
# the guest read the file in it that content.sh put there.

set -eu

found=$(sha256sum < "$1")
[ "${found%% *}" = "$3" ] || { echo "the image has changed: now ${found%% *}, before $3"; exit 1; }
exec "$(dirname "$0")/sound.sh" "$1" "$2"
