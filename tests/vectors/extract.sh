#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# extract.sh <architecture> <console>: prints the recording that the console of
# the system `vectors` holds, in the form of tests/support/vectors.h; fails if
# it is not whole.

set -eu

cat <<HEAD
# SPDX-License-Identifier: BSD-2-Clause
# A block channel's control page and pool on $1: made by "make record-vectors".
HEAD
sed -n 's/^client: vector //p' "$2"
grep -qx 'client: vector end' "$2"
