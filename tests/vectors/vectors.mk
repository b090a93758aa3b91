# SPDX-License-Identifier: BSD-2-Clause
# A channel's shared memory as recorded on each architecture, <architecture>.txt,
# which the unit test `vectors` and the payload `vectors` decode, on every
# processor to the same values. The boot test [vectors] records again and
# compares.
#
#	make record-vectors	replaces the recordings: after a change of the
#				layout, or of what is recorded

vectors-checks := $(filter %/vectors-riscv.t %/vectors-arm64.t,$(boot-checks)) \
	$(filter $(check-out)/unit/vectors-%,$(unit-checks))

.PHONY: record-vectors
record-vectors: $(architectures:%=record-vectors-%)

# record-rule(architecture, aia)
define record-rule
.PHONY: record-vectors-$(1)
record-vectors-$(1): $(call firmware,$(1),vectors,$(2)) build/demo.img
	$$(call say,RECORD,tests/vectors/$(1).txt)
	tests/vectors/record.sh $(1) $$(patsubst %/,%,$$(dir $$<)) $(2) \
		$$(cpu-default-$(1)) build/vectors/$(1).log
endef
$(foreach arch,$(architectures),$(eval \
	$(call record-rule,$(arch),$(firstword $(aia-choices-$(arch))))))
