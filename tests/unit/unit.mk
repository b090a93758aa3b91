# SPDX-License-Identifier: BSD-2-Clause
# What runs on the host: our libraries, the programs of payloads/host, and the
# unit tests. Each tests/unit/<name>_test.c is a program, linked
# with what it needs of our libraries and of tests/support, in flavours:
#
#	gcc, clang	optimised, as shipped
#	sanitized	address and undefined-behaviour sanitisers
#	threads		thread sanitiser; only programs that use <pthread.h>
#	<architecture>-<compiler>
#			for another processor, emulated: see cross.mk
#
# Each flavour says
#
#	host-cc-<flavour>	the compiler
#	host-run-<flavour>	what runs its programs, if not the host itself
#	host-port-<flavour>	its folder of lib/port, if not hosted
#	host-libraries-<flavour>, host-includes-<flavour>, host-headers-<flavour>
#				CUnit and libfdt, if not the host's: what to
#				link, -I options, and what makes the headers
#	host-ar-<flavour>	ar, if not the host's
#	host-omitted-<flavour>, unit-omitted-<flavour>
#				sources of the libraries, and programs, that
#				it does not have

unit-out := build/host
unit-names := $(sort $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c)))
unit-threaded := $(patsubst tests/unit/%_test.c,%,\
	$(shell grep -l pthread.h tests/unit/*_test.c 2>/dev/null))
# Of lib/arm64 what touches no system register; the rest needs EL2.
host-arm64-sources := $(wildcard $(addprefix lib/arm64/,gic_filter*.c stage2_table.c exception.c))
# Of lib/riscv what touches no CSR; the rest needs M-mode.
host-riscv-sources := $(wildcard $(addprefix lib/riscv/,\
	walk.c decode.c irqchip_sources.c plic_filter.c aplic_filter.c))
host-library-sources := $(wildcard $(addsuffix /*.c,lib/virtio lib/doorbell lib/frontend \
	lib/loopback lib/compartment lib/compartment/riscv lib/compartment/arm64 \
	lib/partitioner lib/vhost)) $(host-arm64-sources) $(host-riscv-sources)
unit-support-sources := $(wildcard tests/support/*.c)

host-programs := $(patsubst payloads/host/%.c,%,$(wildcard payloads/host/*.c))

host-flags := -std=gnu11 -g -pthread -Wall -Wextra -Werror \
	-Wstrict-prototypes -Wmissing-prototypes -Iinclude -Ilib/port/hosted -Itests/support
host-cc-gcc := gcc -O2
host-cc-clang := clang -O2
host-cc-sanitized := gcc -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
host-cc-threads := gcc -O1 -fsanitize=thread
include tests/unit/cross.mk

# unit-programs(flavour): which programs it runs
unit-programs = $(filter-out $(unit-omitted-$(1)),\
	$(if $(filter threads,$(1)),$(unit-threaded),$(unit-names)))

# host-rules(flavour)
define host-rules
host-ar-$(1) ?= ar
host-port-$(1) ?= hosted
host-libraries-$(1) ?= -lcunit -lfdt

$(unit-out)/$(1)/%.o: %.c tests/unit/unit.mk tests/unit/cross.mk | $$(host-headers-$(1))
	$$(call say,CC,$$@)
	mkdir -p $$(@D)
	$$(host-cc-$(1)) -Ilib/port/$$(host-port-$(1)) $$(host-flags) \
		$$(host-includes-$(1)) -MMD -MP -c $$< -o $$@

$(unit-out)/$(1)/library.a: $$(patsubst %.c,$(unit-out)/$(1)/%.o,\
	$$(filter-out $$(host-omitted-$(1)),$(host-library-sources)))
$(unit-out)/$(1)/support.a: $$(patsubst %.c,$(unit-out)/$(1)/%.o,\
	$$(filter-out $$(host-omitted-$(1)),$(unit-support-sources)))
$(unit-out)/$(1)/library.a $(unit-out)/$(1)/support.a: build/sources
	rm -f $$@
	$$(host-ar-$(1)) rcsD $$@ $$(filter %.o,$$^)

$(unit-out)/$(1)/%_test: $(unit-out)/$(1)/tests/unit/%_test.o $(unit-out)/$(1)/support.a \
		$(unit-out)/$(1)/library.a $$(filter %.a,$$(host-libraries-$(1)))
	$$(call say,LINK,$$@)
	$$(host-cc-$(1)) -pthread $$^ $$(filter -l%,$$(host-libraries-$(1))) -o $$@

# To run a system one of these is needed, and CUnit is not.
$(unit-out)/$(1)/%: $(unit-out)/$(1)/payloads/host/%.o $(unit-out)/$(1)/library.a \
		$$(filter %/libfdt.a,$$(host-libraries-$(1)))
	$$(call say,LINK,$$@)
	$$(host-cc-$(1)) -pthread $$^ $$(filter -lfdt,$$(host-libraries-$(1))) -o $$@

$(patsubst %,$(check-out)/unit/%-$(1).t,$(call unit-programs,$(1))): \
		$(check-out)/unit/%-$(1).t: $(unit-out)/$(1)/%_test
	mkdir -p $$(@D)
	echo 'exec tests/unit/run.sh $(1) $$(host-run-$(1)) $$<' > $$@
endef

unit-flavours := gcc clang sanitized threads $(cross-flavours)
$(foreach flavour,$(unit-flavours),$(eval $(call host-rules,$(flavour))))

# The host's programs are built as warning-free as the rest.
.PHONY: host
host: $(foreach flavour,gcc clang,$(host-programs:%=$(unit-out)/$(flavour)/%))

unit-checks := $(foreach flavour,$(unit-flavours),\
	$(patsubst %,$(check-out)/unit/%-$(flavour).t,$(call unit-programs,$(flavour))))

-include $(shell find $(unit-out) -name '*.d' 2>/dev/null)
