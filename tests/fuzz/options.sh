# SPDX-License-Identifier: BSD-2-Clause
# Sourced: how every fuzzer is run.
# shellcheck shell=sh disable=SC2034

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:handle_abort=1:quarantine_size_mb=16
export UBSAN_OPTIONS=print_stacktrace=1
# The time-out is for one input and far above what any takes; what is bounded is
# claimed by count, in the fuzzers.
fuzz_options="-timeout=120 -rss_limit_mb=2048 -len_control=20"

# fuzz_saved <fuzzer> <build/fuzz>: the folders of inputs that are there
fuzz_saved()
{
	for folder in "tests/fuzz/corpus/$1" "$2/seeds/$1"; do
		[ ! -d "$folder" ] || echo "$folder"
	done
}
