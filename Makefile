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
ARCH ?= riscv
SYSTEM ?= demo
DISK ?=
MODE ?= grant
CMD ?=
WRITE ?= 0
GDB ?= 0
TESTS ?=
V ?=
QEMU ?= qemu-system-riscv64
CROSS_COMPILE ?= riscv64-linux-gnu-
AARCH64_QEMU ?= qemu-system-aarch64
AARCH64_CROSS_COMPILE ?= aarch64-linux-gnu-
OPENSBI_SRC ?=

BOARD ?= qemu-virt
tool-variables := QEMU CROSS_COMPILE AARCH64_QEMU AARCH64_CROSS_COMPILE
export $(tool-variables) OPENSBI_SRC BOARD

architectures := riscv arm64
ifneq ($(words $(ARCH))-$(filter $(ARCH),$(architectures)),1-$(ARCH))
$(error ARCH=$(ARCH): choose riscv or arm64)
endif
# What is typed for RISC-V has no effect on AArch64, and that is said. In the
# environment it may be there for other days.
ifneq ($(and $(filter arm64,$(ARCH)),$(filter run bench build/arm64/%,$(MAKECMDGOALS))),)
define check-origin
ifeq ($$(origin $(1)),command line)
$$(error $(1)= is for RISC-V; with ARCH=arm64 choose AARCH64_$(1)=)
else ifeq ($$(origin $(1))-$$(origin AARCH64_$(1)),environment-file)
$$(info make: $(1)= of the environment is for RISC-V; ARCH=arm64 takes AARCH64_$(1)=)
endif
endef
$(foreach name,QEMU CROSS_COMPILE,$(eval $(call check-origin,$(name))))
endif

# quoted(text): one word for a shell. Only for $(shell), which does not get what
# is exported; recipes take what the user chose from their environment.
quoted = '$(subst ','\'',$(1))'

# A board may be one of either architecture or of both.
board-file-riscv := objects.mk
board-file-arm64 := arm64/*.c
boards = $(sort $(foreach file,$(wildcard platform/*/$(board-file-$(1))),\
	$(word 2,$(subst /, ,$(file)))))
ifneq ($(words $(BOARD))-$(filter $(BOARD),$(call boards,$(ARCH))),1-$(BOARD))
$(error BOARD=$(BOARD): with ARCH=$(ARCH) choose $(call boards,$(ARCH)))
endif

# What depends on the architecture; not by reference, since it may be typed.
aia-default-riscv := none
aia-default-arm64 := gic
cpu-default-riscv := rv64,h=false
cpu-default-arm64 := cortex-a72
ifeq ($(origin AIA),undefined)
AIA := $(aia-default-$(ARCH))
endif
ifeq ($(origin CPU),undefined)
CPU := $(cpu-default-$(ARCH))
endif
ifeq ($(origin HARTS),undefined)
HARTS := $(if $(filter run-two-linux,$(MAKECMDGOALS)),3,2)
endif
ifeq ($(origin MEM),undefined)
MEM := $(if $(filter run-%,$(MAKECMDGOALS)),2G,512M)
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
# silent and quick when nothing is. To run a system takes less than to test it,
# and only the tools of its architecture.
# Who only asks what would be done (make -n, -q, -t) gets nothing installed.
setup-level := $(if $(filter setup bench%,$(MAKECMDGOALS)),bench,$(if \
	$(filter-out run run-% payloads $(architectures:%=build/%/%),$(MAKECMDGOALS)),check,$(if \
	$(filter run-% build/riscv/guests/%,$(MAKECMDGOALS)),guest,run)))
setup-architectures := $(if $(filter payloads,$(MAKECMDGOALS)),$(architectures),$(sort \
	$(if $(filter run run-%,$(MAKECMDGOALS)),$(ARCH)) $(foreach arch,$(architectures),\
		$(if $(filter build/$(arch)/%,$(MAKECMDGOALS)),$(arch)))))
ifneq ($(if $(strip $(asked-only)),,$(filter-out help clean lines,$(MAKECMDGOALS))),)
setup-output := $(shell $(foreach name,$(tool-variables),$(name)=$(call quoted,$($(name)))) \
	firmware/setup.sh $(setup-level) $(setup-architectures) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error not everything that is needed is there)
endif
endif

.PHONY: help setup run check bench lines clean
help:
	cat firmware/help.txt

setup:
	$(call say,SETUP,complete)

lines:
	firmware/lines.sh

include firmware/stamps.mk
include firmware/opensbi.mk
include payloads/payloads.mk
include payloads/guests.mk
include firmware/bundle.mk
include firmware/arm64.mk
include firmware/run.mk
include firmware/run-guest.mk
include tests/tests.mk
include payloads/host/host.mk

clean:
	$(call say,CLEAN,build)
	rm -rf build
