# SPDX-License-Identifier: BSD-2-Clause
# The server of a channel, stopped at each store in turn: lib/virtio and
# lib/loopback as they are, compiled against the port of tests/lives/port, one
# program.

lives-out := build/lives
lives-sources := $(wildcard tests/lives/*.c lib/virtio/*.c lib/loopback/*.c) \
	tests/support/block_memory.c
lives-flags := $(filter-out -Ilib/port/hosted,$(host-flags)) -Itests/lives/port \
	-U_FORTIFY_SOURCE

$(lives-out)/%.o: %.c tests/lives/lives.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-gcc) $(lives-flags) -MMD -MP -c $< -o $@

$(lives-out)/lives: $(lives-sources:%.c=$(lives-out)/%.o) build/sources
	$(call say,LINK,$@)
	$(host-cc-gcc) $(filter %.o,$^) -o $@

# Many times what it needs, for machines that have other things to do.
lives-checks := $(check-out)/lives/lives.t
$(lives-checks): $(lives-out)/lives
	mkdir -p $(@D)
	echo 'exec timeout 900 $<' > $@

-include $(shell find $(lives-out) -name '*.d' 2>/dev/null)
