#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# OpenSBI is the pinned one, and building with it has not changed it.

. tests/source/tap-lib.sh
. firmware/opensbi.pin

name='the OpenSBI tree is identical to the tarball'
if [ -n "${OPENSBI_SRC:-}" ]; then
	skip "$name" 'OPENSBI_SRC names a tree of your own'
	finish
	exit
fi

tarball=build/$OPENSBI_TARBALL
claim 'the tarball has the pinned sha256' "$(
	echo "$OPENSBI_SHA256  $tarball" | sha256sum --check --quiet - 2>&1)"

pristine=$(mktemp -d)
trap 'rm -rf "$pristine"' EXIT
tar -xzf "$tarball" -C "$pristine" --strip-components=1
claim "$name" "$(diff -r "$pristine" "build/opensbi-$OPENSBI_VERSION")"
finish
