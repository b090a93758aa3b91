# SPDX-License-Identifier: BSD-2-Clause
# How fast the ring is: our rings under the harness of the Linux source's
# tools/virtio/ringtest, beside its own. That source is fetched by package name,
# for this target only, and nothing of it is kept here.
#
# Of each ring there are two programs: build/bench-ring/<ring>, driven by ringtest's
# main.c, is timed; build/bench-ring/<ring>.step, driven by step.c, is counted.

bench-out := build/bench-ring
ringtest-suite := bookworm
ringtest-package := linux-source-6.1
ringtest := $(if $(RINGTEST_SRC),$(RINGTEST_SRC),$(bench-out)/ringtest)

bench-theirs := virtio_ring_0_9 virtio_ring_poll virtio_ring_inorder
bench-ours := ring_split ring_split_inorder ring_packed ring_packed_inorder
bench-rings := ring $(bench-theirs) $(bench-theirs:%=%-apart) $(bench-ours)

bench-common := VERSION_1 EVENT_IDX
bench-features-ring_split := $(bench-common)
bench-features-ring_split_inorder := $(bench-common) IN_ORDER
bench-features-ring_packed := $(bench-common) RING_PACKED
bench-features-ring_packed_inorder := $(bench-common) RING_PACKED IN_ORDER
# bench-define(ring, whether buffers carry data)
bench-define = -DBENCH_DATA=$(2) \
	-DBENCH_FEATURES='(0 $(bench-features-$(1):%=| VIRTIO_FEATURE(VIRTIO_F_%)))'

bench-library := $(filter-out %/mmio_%,$(wildcard lib/virtio/*.c))
bench-our-sources := tests/bench/ring.c $(bench-library)
bench-headers := $(wildcard tests/bench/*.h include/virtio/*.h include/port/*.h \
	lib/virtio/*.h lib/port/hosted/*.h)
bench-include := -Iinclude -Ilib/port/hosted
# Across files gcc sees that a completion may stay empty, and not when.
bench-quiet := -Wno-maybe-uninitialized

# The flags of ringtest's own Makefile, for theirs and for ours.
bench-flags = $(shell sed -n 's/^CFLAGS *+= *//p' $(ringtest)/Makefile)

.PHONY: bench-ring bench-ring-picture
bench-ring: $(bench-rings:%=$(bench-out)/%) $(bench-rings:%=$(bench-out)/%.step) \
		$(bench-out)/trace-lines
	tests/bench/run.sh build/bench-ring.json $(bench-out) '$(bench-flags)'

# docs/ring-bench.svg from what bench-ring wrote last
bench-ring-picture:
	tests/bench/picture.sh build/bench-ring.json docs/ring-bench.svg

ifeq ($(RINGTEST_SRC),)
$(bench-out)/linux-source.deb:
	firmware/fetch-deb.sh $(ringtest-package) $(ringtest-suite) all $@

$(ringtest)/main.c: $(bench-out)/linux-source.deb tests/bench/unpack.sh
	$(call say,UNPACK,$(@D))
	tests/bench/unpack.sh $< $(ringtest-package) $(@D)
endif

# $(ringtest)/main.c stands for all files of ringtest.
# bench-rule(ring, its sources, more flags)
define bench-rule
$(bench-out)/$(1): $(ringtest)/main.c $(filter-out $(ringtest)/%,$(2)) $(bench-headers) \
		tests/bench/bench.mk
	$$(call say,CC,$$@)
	gcc $$(bench-flags) $(3) $(ringtest)/main.c $(2) -o $$@

$(bench-out)/$(1).step: $(ringtest)/main.c $(filter-out $(ringtest)/%,$(2)) $(bench-headers) \
		tests/bench/step.c tests/bench/bench.mk
	$$(call say,CC,$$@)
	gcc $$(bench-flags) -no-pie $(3) tests/bench/step.c $(2) -o $$@
endef
$(foreach ring,ring $(bench-theirs),$(eval \
	$(call bench-rule,$(ring),$(ringtest)/$(ring).c,)))
$(foreach ring,$(bench-theirs),$(eval \
	$(call bench-rule,$(ring)-apart,$(ringtest)/$(ring).c,-include tests/bench/apart.h)))
$(foreach ring,$(bench-ours),$(eval \
	$(call bench-rule,$(ring),$(bench-our-sources),$(bench-include) $(bench-quiet) $(call bench-define,$(ring),0))))

$(bench-out)/trace-lines: tests/bench/trace-lines.c
	$(call say,CC,$@)
	mkdir -p $(@D)
	gcc -O2 -Wall -Wextra -Werror $< -o $@

# For make check: our rings only, with a harness of our own; nothing is fetched.
define bench-move-rule
$(bench-out)/move_$(1): tests/bench/move.c $(bench-our-sources) $(bench-headers) \
		tests/bench/bench.mk
	$$(call say,CC,$$@)
	mkdir -p $$(@D)
	gcc -O2 -Wall -Wextra -Werror -pthread $(bench-include) \
		$(call bench-define,$(1),1) tests/bench/move.c $(bench-our-sources) -o $$@

$(check-out)/bench/$(1).t: $(bench-out)/move_$(1)
	mkdir -p $$(@D)
	echo 'exec timeout --kill-after=5 180 $$< $(1)' > $$@
endef
$(foreach ring,$(bench-ours),$(eval $(call bench-move-rule,$(ring))))

bench-checks := $(bench-ours:%=$(check-out)/bench/%.t) $(check-out)/bench/counting.t

# That what counts cache lines counts right.
$(check-out)/bench/counting.t: $(bench-out)/trace-lines tests/bench/counting.sh
	mkdir -p $(@D)
	echo 'exec tests/bench/counting.sh $<' > $@
