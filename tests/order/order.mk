# SPDX-License-Identifier: BSD-2-Clause
# The rings upon a model of memory: lib/virtio as it is, compiled against the
# port of tests/order/port, one program.

order-out := build/order
order-sources := $(wildcard tests/order/*.c lib/virtio/*.c)
# With it, glibc takes a jump to another stack for an attack.
order-flags := $(filter-out -Ilib/port/hosted -Itests/support,$(host-flags)) \
	-Itests/order/port -U_FORTIFY_SOURCE

$(order-out)/%.o: %.c tests/order/order.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-gcc) $(order-flags) -MMD -MP -c $< -o $@

$(order-out)/order: $(order-sources:%.c=$(order-out)/%.o) build/sources
	$(call say,LINK,$@)
	$(host-cc-gcc) $(filter %.o,$^) -o $@

# Many times what it needs, for machines that have other things to do.
order-checks := $(check-out)/order/order.t
$(order-checks): $(order-out)/order
	mkdir -p $(@D)
	echo 'exec timeout 1200 $<' > $@

-include $(shell find $(order-out) -name '*.d' 2>/dev/null)
