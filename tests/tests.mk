# SPDX-License-Identifier: BSD-2-Clause
# All tests. A test is a file build/check/<kind>/<...>.t: one line of shell that
# prints TAP. tests/check.sh runs many and counts; one alone runs with
# "make check TESTS=<part of its path>" or "sh <file>".
#
# A kind of tests is a folder tests/<kind> with a <kind>.mk in it, which names
# its tests in <kind>-checks; "make check-<kind>" runs that kind. If some of them
# would take too long for every day, <kind>-essential names the others.

check-out := build/check
# TESTS selects by a part of the path.
select-tests = $(if $(TESTS),$(foreach t,$(1),$(if $(findstring $(TESTS),$(t)),$(t))),$(1))

# "unit" comes first: others build on what it says of compilers and libraries.
check-kinds := $(foreach kind,unit $(filter-out unit,$(notdir $(wildcard tests/*))),\
	$(if $(wildcard tests/$(kind)/$(kind).mk),$(kind)))
include $(foreach kind,$(check-kinds),tests/$(kind)/$(kind).mk)

.PHONY: check $(check-kinds:%=check-%)
check: $(call select-tests,$(foreach kind,$(check-kinds),$(or $($(kind)-essential),$($(kind)-checks))))
define check-rule
check-$(1): $$(call select-tests,$$($(1)-checks))
endef
$(foreach kind,$(check-kinds),$(eval $(call check-rule,$(kind))))
check $(check-kinds:%=check-%):
	tests/check.sh $^
