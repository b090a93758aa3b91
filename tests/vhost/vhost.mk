# SPDX-License-Identifier: BSD-2-Clause
# Tests with real peers over vhost-user. tests.conf declares the guests; each
# other test is a script that prints TAP.

vhost-out := build/vhost
vhost-initramfs := $(vhost-out)/initramfs
vhost-programs := $(addprefix $(unit-out)/gcc/,loopback-serve loopback-connect)
vhost-guests := $(shell sed -n 's/^\[\([a-z0-9-]*\)\]$$/\1/p' tests/vhost/tests.conf)
vhost-scripts := connect hostile
vhost-checks := $(patsubst %,$(check-out)/vhost/%.t,$(vhost-guests) $(vhost-scripts))

# Kernel and packages are those of the guests in compartments.
$(vhost-initramfs): $(guest-pack) $(guest-unpacked) $(shell find tests/vhost/guest -type f)
	$(call say,PACK,$@)
	mkdir -p $(@D)
	$(guest-pack) $@ $(guest-root) tests/vhost/guest

$(vhost-out)/hostile: tests/vhost/hostile.c include/vhost/user.h tests/vhost/vhost.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-gcc) $(host-flags) $< -o $@

$(vhost-out)/kill_at.so: tests/vhost/kill_at.c tests/vhost/vhost.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-gcc) $(host-flags) -fPIC -shared $< -o $@

$(vhost-guests:%=$(check-out)/vhost/%.t): $(check-out)/vhost/%.t: $(vhost-programs) \
		$(vhost-initramfs) $(vhost-out)/kill_at.so
	mkdir -p $(@D)
	echo 'exec tests/vhost/run.sh $*' > $@

$(vhost-scripts:%=$(check-out)/vhost/%.t): $(check-out)/vhost/%.t: $(vhost-programs) \
		$(vhost-out)/hostile $(vhost-out)/kill_at.so
	mkdir -p $(@D)
	echo 'exec tests/vhost/$*.sh' > $@
