# SPDX-License-Identifier: BSD-2-Clause
# All tests. A test is a file build/check/<kind>/<...>.t: one line of shell that
# prints TAP. tests/check.sh runs many and counts; one alone runs with
# "make check TESTS=<part of its path>" or "sh <file>".

check-out := build/check
# TESTS selects by a part of the path.
select-tests = $(if $(TESTS),$(foreach t,$(1),$(if $(findstring $(TESTS),$(t)),$(t))),$(1))

include tests/unit/unit.mk
include tests/source/source.mk
include tests/boot/boot.mk

.PHONY: check-unit check-source check-boot
check: $(call select-tests,$(unit-checks) $(source-checks) $(boot-checks))
check-unit: $(call select-tests,$(unit-checks))
check-source: $(call select-tests,$(source-checks))
check-boot: $(call select-tests,$(boot-checks))
check check-unit check-source check-boot:
	tests/check.sh $^
