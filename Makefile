# SPDX-License-Identifier: BSD-2-Clause
# Everything a person does starts here; "make help" lists it. All that is made
# lies under build/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
# Letters of options: n, q and t say that nothing is to be done.
asked-only := $(foreach letter,n q t,\
	$(findstring $(letter),$(filter-out --%,$(firstword -$(MAKEFLAGS)))))
MAKEFLAGS += --no-builtin-rules --no-print-directory

# What the user may choose (see "make help").
SYSTEM ?= demo
HARTS ?= 2
AIA ?= none
MEM ?= 512M
DISK ?=
WRITE ?= 0
CPU ?= rv64,h=false
GDB ?= 0
TESTS ?=
V ?=
QEMU ?= qemu-system-riscv64
CROSS_COMPILE ?= riscv64-linux-gnu-
OPENSBI_SRC ?=

BOARD ?= qemu-virt
export QEMU CROSS_COMPILE OPENSBI_SRC BOARD

# quoted(text): one word for a shell. Only for $(shell), which does not get what
# is exported; recipes take what the user chose from their environment.
quoted = '$(subst ','\'',$(1))'

boards := $(sort $(patsubst platform/%/objects.mk,%,$(wildcard platform/*/objects.mk)))
ifeq ($(filter $(BOARD),$(boards)),)
$(error BOARD=$(BOARD): choose $(boards))
endif

# say(verb, what): one short line per step, or with V=1 the commands instead
ifeq ($(V),1)
say = @:
else
.SILENT:
say = printf '  %-8s%s\n' $(1) '$(2)'
endif

# As many jobs as processors, unless the user said how many.
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

# Whatever is to be built needs its tools first: installs what is missing,
# silent and quick when nothing is. To run a system takes less than to test it.
# Who only asks what would be done (make -n, -q, -t) gets nothing installed.
setup-level := $(if $(filter setup bench%,$(MAKECMDGOALS)),bench,$(if \
	$(filter-out run payloads build/riscv/%,$(MAKECMDGOALS)),check,run))
ifneq ($(if $(strip $(asked-only)),,$(filter-out help clean,$(MAKECMDGOALS))),)
setup-output := $(shell QEMU=$(call quoted,$(QEMU)) \
	CROSS_COMPILE=$(call quoted,$(CROSS_COMPILE)) firmware/setup.sh $(setup-level) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error not everything that is needed is there)
endif
endif

.PHONY: help setup run check bench clean
help:
	cat firmware/help.txt

setup:
	$(call say,SETUP,complete)

include firmware/stamps.mk
include firmware/opensbi.mk
include payloads/payloads.mk
include firmware/bundle.mk
include firmware/run.mk
include tests/tests.mk
include payloads/host/host.mk

clean:
	$(call say,CLEAN,build)
	rm -rf build
