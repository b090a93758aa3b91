#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each layer includes only what docs/architecture.md allows it, and only the
# architecture's own folders know which architecture it is.

. tests/source/tap-lib.sh

free='stdint\.h|stddef\.h|stdbool\.h'

# layer <name> <pattern of what it may include in angle brackets>
layer()
{
	folders=
	for folder in "include/$1" "lib/$1"; do
		[ ! -d "$folder" ] || folders="$folders $folder"
	done
	[ -n "$folders" ] || return 0
	# shellcheck disable=SC2086 # a list
	claim "lib/$1 includes only what its layer may" "$(
		find $folders -name '*.[chS]' -exec \
			grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' {} + |
		grep -vE "<($free|$2)>")"
}

layer port 'port/.*|port_arch\.h'
layer virtio 'virtio/.*|port/.*'
layer doorbell 'doorbell/.*|port/.*'
layer loopback 'loopback/.*|virtio/.*|port/.*'
layer frontend 'frontend/.*|loopback/.*|doorbell/.*|virtio/.*|port/.*'
layer vhost 'vhost/.*|loopback/.*|virtio/.*|port/.*|[a-z_]+\.h|(sys|linux)/[a-z_]+\.h'
layer compartment 'stdarg\.h|compartment/.*|doorbell/.*|port/.*|libfdt\.h'
layer partitioner 'stdarg\.h|partitioner/.*|frontend/.*|compartment/.*|doorbell/.*|port/.*|libfdt(_env)?\.h|virtio/mmio\.h'
layer freestanding 'string\.h|limits\.h'
layer arm64 'arm64/.*|partitioner/.*|compartment/.*|doorbell/.*|port/.*|libfdt(_env)?\.h|string\.h'
layer riscv 'riscv/.*|partitioner/.*|compartment/.*|doorbell/.*|port/.*|libfdt(_env)?\.h|sbi/.*|sbi_utils/.*|platform_override\.h'

claim 'no architecture #ifdef outside the architecture folders' "$(
	our_files -name '*.[chS]' |
	grep -vE '^(lib/(port|riscv|arm64)|payloads/common/(riscv|arm64))/' |
	xargs grep -nE '^[[:space:]]*#.*(__riscv|__aarch64__|__arm__|__x86_64__|__i386__|__amd64__)')"

# An architecture's part of a library is in a folder of the library's own.
claim 'no library includes another by a relative path' "$(
	find include lib -name '*.[chS]' |
	xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"\.\.' |
	grep -vE '^lib/[a-z0-9]+/(riscv|arm64)/[^/]+:[0-9]+:#include "\.\./[a-z_]+\.h"$')"
finish
