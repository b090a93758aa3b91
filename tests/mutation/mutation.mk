# SPDX-License-Identifier: BSD-2-Clause
# Does a test notice if a check is gone? (docs/testing.md, "Mutations")
#
# Every check of lib/{virtio,loopback,doorbell,frontend,partitioner,compartment},
# but for mutation-without, of their headers and of what is pure in
# lib/{arm64,riscv} becomes one that can be disabled at run time; the unit
# programs are linked with that.

mutation-out := build/mutation
mutation-compartment := compartment compartment/arm64 compartment/riscv
# What of these decides only how text is shown.
mutation-without := lib/compartment/console.c include/compartment/console.h
mutation-sources := $(sort $(foreach library,virtio loopback doorbell frontend partitioner \
		$(mutation-compartment),\
	$(filter-out $(mutation-without),\
		$(wildcard include/$(library)/*.h lib/$(library)/*.[ch]))) \
	$(foreach source,$(host-arm64-sources) $(host-riscv-sources),\
		$(source) $(wildcard $(source:.c=.h))))
mutation-objects := $(patsubst %.c,$(mutation-out)/%.o,\
	$(filter %.c,$(mutation-sources)) tests/mutation/mutant.c)
# Programs with threads take long, and what they are for is order, not checks;
# manifest_blob takes long because it tries every byte.
mutation-names := $(filter virtio% loopback% doorbell% frontend% partitioner% arm64% gic% \
	riscv% port% bundle% devicetree% lifecycle% manifest% protection% \
	sha256% tables%,$(filter-out manifest_blob $(unit-threaded),$(unit-names)))
mutation-programs := $(mutation-names:%=$(mutation-out)/%_test)
mutation-tool := $(addprefix tests/mutation/,instrument.c checks.c source.c)

# The headers there come first; what is said in them is said a second time in
# the programs of the sanitized flavour, which lend what is not instrumented.
mutation-cc = $(host-cc-sanitized) -w -I$(mutation-out)/include \
	$(host-flags) -Itests/mutation -iquote lib/arm64 -iquote lib/riscv

$(mutation-out)/instrument: $(mutation-tool) $(wildcard tests/mutation/*.h)
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(host-cc-sanitized) -std=gnu11 -g -Wall -Wextra -Werror $(mutation-tool) -o $@

# The instrumented sources lie beside the table; only what changed is written.
$(mutation-out)/table: $(mutation-out)/instrument $(mutation-sources) \
		tests/mutation/mutation.mk build/sources
	$(call say,MUTATE,$@)
	$< $(@D) $(mutation-sources) > $@.new
	mv $@.new $@
$(mutation-sources:%=$(mutation-out)/%): $(mutation-out)/table ;

$(mutation-out)/tests/%.o: tests/%.c tests/mutation/mutation.mk | $(mutation-out)/table
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(mutation-cc) -MMD -MP -c $< -o $@
$(mutation-out)/lib/%.o: $(mutation-out)/lib/%.c tests/mutation/mutation.mk
	$(call say,CC,$@)
	$(mutation-cc) -MMD -MP -c $< -o $@
# Objects and no library: whatever is defined twice would be an error.
$(mutation-out)/%_test: $(mutation-out)/tests/unit/%_test.o $(mutation-objects) \
		$(unit-out)/sanitized/support.a $(unit-out)/sanitized/library.a
	$(call say,LINK,$@)
	$(host-cc-sanitized) -pthread $^ -lcunit -lfdt -o $@

# Of any N checks that follow one another in the table, make check takes one.
mutation-stride := 2
mutation-check = tests/mutation/run.sh $(1) $(mutation-out) $(mutation-names)

$(check-out)/mutation/sample.t $(check-out)/mutation/all.t: $(mutation-programs) \
		$(mutation-out)/table tests/mutation/mutation.mk build/sources
	mkdir -p $(@D)
	echo 'exec $(call mutation-check,$(if $(filter %/all.t,$@),1,$(mutation-stride)))' > $@
$(check-out)/mutation/instrument.t: $(mutation-out)/instrument tests/mutation/known.sh
	mkdir -p $(@D)
	echo 'exec tests/mutation/known.sh $<' > $@

mutation-checks := $(addprefix $(check-out)/mutation/,instrument.t sample.t)
.PHONY: check-mutations
check-mutations: $(check-out)/mutation/instrument.t $(check-out)/mutation/all.t
	tests/check.sh $^; status=$$?; \
	sed -n "s/^# \(.* were tried\)/mutations: \1/p" $(check-out)/mutation/all.tap; \
	exit $$status

-include $(shell find $(mutation-out) -name '*.d' 2>/dev/null)
