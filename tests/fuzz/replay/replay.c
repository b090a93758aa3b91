/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay <input>...: runs a fuzzer's inputs without libFuzzer, with any compiler,
 * for a debugger or to see what they reach ("make fuzz-coverage").
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static uint8_t bytes[FUZZ_BLOB_MAX];

int main(int argc, char **argv)
{
	FILE *file;
	size_t size;
	int i;

	for (i = 1; i < argc; i++) {
		file = fopen(argv[i], "rb");
		if (!file) {
			perror(argv[i]);
			return 2;
		}
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		LLVMFuzzerTestOneInput(bytes, size);
	}
	return 0;
}
