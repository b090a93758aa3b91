# SPDX-License-Identifier: BSD-2-Clause
# Fuzzers (docs/testing.md, "Fuzzing"). Each tests/fuzz/<name>_fuzz.c is one,
# linked with what it needs of our libraries, of tests/support and of the other
# files here. Its saved inputs are tests/fuzz/corpus/<name>/.

fuzz-out := build/fuzz
fuzz-all := $(sort $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c)))
fuzz-helpers := $(filter-out %_fuzz.c,$(wildcard tests/fuzz/*.c))
# What fakes claim with CUnit, cunit.c hears instead.
fuzz-support := $(filter-out %/unit.c,$(unit-support-sources))

# FUZZ names one or more; FUZZ_SECONDS is for each.
FUZZ ?=
FUZZ_SECONDS ?= 60
fuzz-names := $(if $(FUZZ),$(FUZZ),$(fuzz-all))
ifneq ($(filter-out $(fuzz-all),$(fuzz-names)),)
$(error FUZZ=$(FUZZ): choose of $(fuzz-all))
endif

# Only what is tested guides the search: the fuzzers themselves, and libraries
# that are not ours, are built without its counters.
fuzz-cc := clang -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
$(fuzz-out)/obj/lib/%.o: fuzz-guide := -fsanitize=fuzzer-no-link

$(fuzz-out)/obj/%.o: %.c tests/fuzz/fuzz.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(fuzz-cc) $(fuzz-guide) $(host-flags) -Itests/fuzz -MMD -MP -c $< -o $@

$(fuzz-out)/library.a: $(host-library-sources:%.c=$(fuzz-out)/obj/%.o)
$(fuzz-out)/support.a: $(fuzz-support:%.c=$(fuzz-out)/obj/%.o)
$(fuzz-out)/helpers.a: $(fuzz-helpers:%.c=$(fuzz-out)/obj/%.o)
$(fuzz-out)/library.a $(fuzz-out)/support.a $(fuzz-out)/helpers.a: build/sources
	rm -f $@
	ar rcsD $@ $(filter %.o,$^)

# The helpers twice: fakes need what cunit.c defines.
$(fuzz-out)/bin/%: $(fuzz-out)/obj/tests/fuzz/%_fuzz.o $(fuzz-out)/helpers.a \
		$(fuzz-out)/support.a $(fuzz-out)/library.a
	$(call say,LINK,$@)
	mkdir -p $(@D)
	$(fuzz-cc) -fsanitize=fuzzer -pthread $< $(fuzz-out)/helpers.a \
		$(fuzz-out)/support.a $(fuzz-out)/helpers.a \
		$(fuzz-out)/library.a -lfdt -o $@

# Seeds of what people write in a language: the repository's own manifests, each
# behind the two bytes that the fuzzer takes first, and a bundle of each with
# images of a few bytes.
fuzz-manifests := $(foreach system,$(systems),build/riscv/$(system)/none/manifest.dtb \
	build/arm64/$(system)/manifest.dtb)
fuzz-seeds := $(fuzz-out)/seeds/stamp
$(fuzz-seeds): tests/fuzz/seeds.sh firmware/bundle.sh $(fuzz-manifests)
	$(call say,SEEDS,$(@D))
	tests/fuzz/seeds.sh $(@D) $(fuzz-manifests)
	touch $@

# make check: the corpus, then a run that is bounded by its count and always the
# same.
$(check-out)/fuzz/%.t: $(fuzz-out)/bin/% $(fuzz-seeds) tests/fuzz/check.sh build/sources
	mkdir -p $(@D)
	echo 'exec tests/fuzz/check.sh $* $(fuzz-out)' > $@
fuzz-checks := $(fuzz-all:%=$(check-out)/fuzz/%.t)

# As long as the user says; what is found joins build/fuzz/corpus.
.PHONY: fuzz fuzz-merge
fuzz: $(fuzz-names:%=$(fuzz-out)/bin/%) $(fuzz-seeds)
	printf '%s\n' $(fuzz-names) | \
		xargs -P 2 -I{} tests/fuzz/run.sh {} $(fuzz-out) '$(FUZZ_SECONDS)'
# The least of both corpora that reaches as much becomes the saved one.
fuzz-merge: $(fuzz-names:%=$(fuzz-out)/bin/%) $(fuzz-seeds)
	printf '%s\n' $(fuzz-names) | \
		xargs -P 2 -I{} tests/fuzz/merge.sh {} $(fuzz-out)

# What the inputs reach, by gcc's counters, file by file.
fuzz-replay-cc := gcc -O0 --coverage
$(fuzz-out)/coverage/obj/%.o: %.c tests/fuzz/fuzz.mk
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(fuzz-replay-cc) $(host-flags) -Itests/fuzz -MMD -MP -c $< -o $@
fuzz-replay-sources := tests/fuzz/replay/replay.c $(fuzz-helpers) $(fuzz-support) \
	$(host-library-sources)
$(fuzz-out)/coverage/all.a: $(fuzz-replay-sources:%.c=$(fuzz-out)/coverage/obj/%.o) build/sources
	rm -f $@
	ar rcsD $@ $(filter %.o,$^)
$(fuzz-out)/coverage/%: $(fuzz-out)/coverage/obj/tests/fuzz/%_fuzz.o $(fuzz-out)/coverage/all.a
	$(call say,LINK,$@)
	$(fuzz-replay-cc) -pthread $^ -lfdt -o $@
.PHONY: fuzz-coverage
fuzz-coverage: $(fuzz-names:%=$(fuzz-out)/coverage/%) $(fuzz-seeds)
	mkdir -p $(fuzz-out)/log
	tests/fuzz/coverage.sh $(fuzz-out) $(fuzz-names)

-include $(shell find $(fuzz-out)/obj $(fuzz-out)/coverage/obj -name '*.d' 2>/dev/null)
