# SPDX-License-Identifier: BSD-2-Clause
# Tests with real peers over vhost-user. tests.conf declares the guests; each
# other test is a script that prints TAP.

vhost-out := build/vhost
vhost-guest := $(vhost-out)/guest
vhost-programs := $(addprefix $(unit-out)/gcc/,loopback-serve loopback-connect)
vhost-guests := $(shell sed -n 's/^\[\([a-z0-9-]*\)\]$$/\1/p' tests/vhost/tests.conf)
vhost-scripts := connect hostile
vhost-checks := $(patsubst %,$(check-out)/vhost/%.t,$(vhost-guests) $(vhost-scripts))

# Debian's packages for the guest. The kernel is the one that this name stands
# for when it is fetched; the tests say which versions they had.
vhost-suite := trixie
vhost-packages := busybox-static e2fsprogs libc6 libext2fs2t64 libcom-err2 \
	libblkid1 libuuid1

$(vhost-packages:%=$(vhost-guest)/packages/%.deb): $(vhost-guest)/packages/%.deb: \
		tests/vhost/vhost.mk
	$(call say,FETCH,$*)
	mkdir -p $(@D)
	firmware/fetch-deb.sh $* $(vhost-suite) riscv64 $@

$(vhost-guest)/packages/linux.deb: tests/vhost/vhost.mk
	$(call say,FETCH,linux-image-riscv64)
	mkdir -p $(@D)
	firmware/fetch-deb.sh --dependency linux-image-riscv64 $(vhost-suite) riscv64 $@

$(vhost-guest)/initramfs: tests/vhost/guest.sh $(wildcard tests/vhost/guest/*) \
		$(patsubst %,$(vhost-guest)/packages/%.deb,linux $(vhost-packages))
	$(call say,GUEST,$@)
	tests/vhost/guest.sh $(@D)

$(vhost-out)/hostile: tests/vhost/hostile.c include/vhost/user.h tests/vhost/vhost.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-gcc) $(host-flags) $< -o $@

$(vhost-out)/kill_at.so: tests/vhost/kill_at.c tests/vhost/vhost.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-gcc) $(host-flags) -fPIC -shared $< -o $@

$(vhost-guests:%=$(check-out)/vhost/%.t): $(check-out)/vhost/%.t: $(vhost-programs) \
		$(vhost-guest)/initramfs $(vhost-out)/kill_at.so
	mkdir -p $(@D)
	echo 'exec tests/vhost/run.sh $*' > $@

$(vhost-scripts:%=$(check-out)/vhost/%.t): $(check-out)/vhost/%.t: $(vhost-programs) \
		$(vhost-out)/hostile $(vhost-out)/kill_at.so
	mkdir -p $(@D)
	echo 'exec tests/vhost/$*.sh' > $@
