/* SPDX-License-Identifier: BSD-2-Clause */
/* A recording's values, in one order. */
#include <string.h>

#include "vectors.h"

void vectors_emit(struct vectors_values *values, const char *name,
		  unsigned int index, uint64_t value)
{
	/* One too many counts, so that a list that is full does not compare. */
	if (values->count < VECTORS_VALUES_MAX)
		values->value[values->count] =
			(struct vectors_value){ name, index, value };
	values->count++;
}

void vectors_emit_difference(struct vectors_values *values, const char *name,
			     const void *a, const void *b, size_t size)
{
	const uint8_t *left = a, *right = b;
	size_t i;

	for (i = 0; i < size && left[i] == right[i]; i++)
		;
	vectors_emit(values, name, 0, i < size ? i + 1 : 0);
}

void vectors_decode(const struct vectors *vectors,
		    struct vectors_values *values)
{
	struct loopback_block_client block;

	memset(&block, 0, sizeof(block));
	values->count = 0;
	vectors_decode_completions(vectors, &block, values);
	vectors_decode_requests(vectors, &block, values);
}

int vectors_compare(const struct vectors_values *values)
{
	unsigned int i;

	for (i = 0; i < values->count && i < vectors_expected_count; i++) {
		const struct vectors_value *is = &values->value[i];
		const struct vectors_value *wanted = &vectors_expected[i];

		if (strcmp(is->name, wanted->name) ||
		    is->index != wanted->index || is->value != wanted->value)
			return (int)i;
	}
	return values->count == vectors_expected_count ? -1 : (int)i;
}
