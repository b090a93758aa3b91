#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# recorded.sh <image> <console> <architecture>: what the console of the system
# `vectors` has recorded is, to the byte, what is committed.

set -eu

diff -u "tests/vectors/$3.txt" <("$(dirname "$0")/extract.sh" "$3" "$2")
