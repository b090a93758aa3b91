# SPDX-License-Identifier: BSD-2-Clause
# The pinned OpenSBI: fetched, verified, unpacked, and its library built once
# together with our objects (platform/$(BOARD)/objects.mk lists them). The
# source is never written to: OpenSBI's own O= puts all it makes elsewhere.

include firmware/opensbi.pin

opensbi-out := build/riscv/opensbi
opensbi-stamp := $(opensbi-out)/stamp
opensbi-tarball := build/$(OPENSBI_TARBALL)
ifeq ($(OPENSBI_SRC),)
opensbi-src := build/opensbi-$(OPENSBI_VERSION)
opensbi-unpacked := $(opensbi-src).unpacked
else
opensbi-src := $(OPENSBI_SRC)
opensbi-unpacked :=
endif

# The headers of a folder of the user's own say which version it is.
ifneq ($(OPENSBI_SRC),)
ifneq ($(filter-out help clean lines,$(MAKECMDGOALS)),)
opensbi-version := $(shell sed -nE \
	's/^.define OPENSBI_VERSION_(MAJOR|MINOR)[[:space:]]+([0-9]+).*/\2/p' \
	$(call quoted,$(OPENSBI_SRC)/include/sbi/sbi_version.h) 2> /dev/null)
ifneq ($(opensbi-version),$(subst ., ,$(OPENSBI_VERSION)))
$(error OPENSBI_SRC=$(OPENSBI_SRC) is not the source of OpenSBI $(OPENSBI_VERSION))
endif
ifneq ($(words $(OPENSBI_SRC))$(findstring ',$(OPENSBI_SRC)),1)
$(error OPENSBI_SRC=$(OPENSBI_SRC): choose a path without spaces and quotes)
endif
endif
endif

$(opensbi-tarball): firmware/opensbi.pin
	$(call say,FETCH,$@)
	firmware/fetch.sh $< $@

build/opensbi-$(OPENSBI_VERSION).unpacked: $(opensbi-tarball)
	$(call say,UNPACK,$(@:.unpacked=))
	rm -rf $(@:.unpacked=) && mkdir -p $(@:.unpacked=)
	tar -xzf $< -C $(@:.unpacked=) --strip-components=1
	touch $@

# Single files of it that other rules name, such as libfdt's.
build/opensbi-$(OPENSBI_VERSION)/%: | build/opensbi-$(OPENSBI_VERSION).unpacked ;

# OpenSBI's make, with our additions; GIT_CEILING_DIRECTORIES keeps it from
# taking our repository's version for its own.
opensbi-make = GIT_CEILING_DIRECTORIES=$(abspath $(opensbi-src)/..) \
	$(MAKE) -C $(opensbi-src) -f $(CURDIR)/firmware/opensbi-inside.mk \
	O=$(abspath $(opensbi-out)) PLATFORM_DIR=$(CURDIR)/platform PLATFORM=$(BOARD) \
	BULKHEAD=$(CURDIR) V=$(V) $(if $(filter 1,$(V)),,-s)

firmware-sources := $(shell find include lib platform/$(BOARD) -name arm64 -prune \
	-o -type f -name '[!.]*.[chS]' -print 2>/dev/null)
firmware-rules := firmware/opensbi.pin firmware/opensbi.mk firmware/opensbi-inside.mk \
	platform/$(BOARD)/objects.mk platform/$(BOARD)/Kconfig \
	$(wildcard lib/*/objects.mk platform/$(BOARD)/configs/*)

# OpenSBI does not rebuild objects when flags change, nor its generated arrays
# when a list does: start afresh when what lists them changed.
build/riscv/opensbi.rules: $(firmware-rules) $(opensbi-unpacked) build/riscv/variables
	mkdir -p $(@D)
	rm -rf $(opensbi-out)
	touch $@

$(opensbi-stamp): build/riscv/opensbi.rules $(firmware-sources) build/sources | build/lines
	$(call say,OPENSBI,$(opensbi-out))
	mkdir -p $(opensbi-out)
	rm -f $(opensbi-out)/platform/$(BOARD)/lib/libplatsbi.a
	+$(opensbi-make) bulkhead-library $(if $(filter 1,$(V)),,> $(opensbi-out)/log)
	touch $@
