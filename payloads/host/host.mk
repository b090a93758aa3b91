# SPDX-License-Identifier: BSD-2-Clause
# Programs for people at the place that documents name: those of the gcc
# flavour (tests/unit/unit.mk has the rules that build them).

host-shown := loopback-serve loopback-connect

$(host-shown:%=build/host/%): build/host/%: build/host/gcc/%
	ln -sf gcc/$* $@

host: $(host-shown:%=build/host/%)
