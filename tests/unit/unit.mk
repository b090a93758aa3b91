# SPDX-License-Identifier: BSD-2-Clause
# What runs on the host: our libraries, the programs of payloads/host, and the
# unit tests. Each tests/unit/<name>_test.c is a program, linked
# with what it needs of our libraries and of tests/support, in flavours:
#
#	gcc, clang	optimised, as shipped
#	sanitized	address and undefined-behaviour sanitisers
#	threads		thread sanitiser; only programs that use <pthread.h>

unit-out := build/host
unit-names := $(sort $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c)))
unit-threaded := $(patsubst tests/unit/%_test.c,%,\
	$(shell grep -l pthread.h tests/unit/*_test.c 2>/dev/null))
host-library-sources := $(wildcard $(addsuffix /*.c,lib/port/hosted lib/virtio \
	lib/doorbell lib/loopback lib/compartment lib/vhost))
unit-support-sources := $(wildcard tests/support/*.c)

host-programs := $(patsubst payloads/host/%.c,%,$(wildcard payloads/host/*.c))

host-flags := -std=gnu11 -g -pthread -Wall -Wextra -Werror \
	-Wstrict-prototypes -Wmissing-prototypes \
	-Iinclude -Ilib/port/hosted -Itests/support
host-cc-gcc := gcc -O2
host-cc-clang := clang -O2
host-cc-sanitized := gcc -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
host-cc-threads := gcc -O1 -fsanitize=thread

# host-rules(flavour)
define host-rules
$(unit-out)/$(1)/%.o: %.c tests/unit/unit.mk
	$$(call say,CC,$$@)
	mkdir -p $$(@D)
	$$(host-cc-$(1)) $$(host-flags) -MMD -MP -c $$< -o $$@

$(unit-out)/$(1)/library.a: $(host-library-sources:%.c=$(unit-out)/$(1)/%.o)
$(unit-out)/$(1)/support.a: $(unit-support-sources:%.c=$(unit-out)/$(1)/%.o)
$(unit-out)/$(1)/library.a $(unit-out)/$(1)/support.a: build/sources
	rm -f $$@
	ar rcsD $$@ $$(filter %.o,$$^)

$(unit-out)/$(1)/%_test: $(unit-out)/$(1)/tests/unit/%_test.o $(unit-out)/$(1)/support.a \
		$(unit-out)/$(1)/library.a
	$$(call say,LINK,$$@)
	$$(host-cc-$(1)) -pthread $$^ -lcunit -lfdt -o $$@

$(unit-out)/$(1)/%: $(unit-out)/$(1)/payloads/host/%.o $(unit-out)/$(1)/library.a
	$$(call say,LINK,$$@)
	$$(host-cc-$(1)) -pthread $$^ -lfdt -o $$@

$(check-out)/unit/%-$(1).t: $(unit-out)/$(1)/%_test
	mkdir -p $$(@D)
	echo 'exec tests/unit/run.sh $$< $(1)' > $$@
endef
$(foreach flavour,gcc clang sanitized threads,$(eval $(call host-rules,$(flavour))))

# The host's programs are built as warning-free as the rest.
.PHONY: host
host: $(foreach flavour,gcc clang,$(host-programs:%=$(unit-out)/$(flavour)/%))

unit-checks := $(foreach flavour,gcc clang sanitized,$(unit-names:%=$(check-out)/unit/%-$(flavour).t)) \
	$(unit-threaded:%=$(check-out)/unit/%-threads.t)

-include $(shell find $(unit-out) -name '*.d' 2>/dev/null)
