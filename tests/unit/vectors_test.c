/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channels that were recorded on each architecture mean the same here,
 * whatever this processor's word size and byte order; and each recorded byte
 * counts.
 */
#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "vectors.h"

#define TEXT_MAX	65536u

struct recording {
	char text[TEXT_MAX];
	size_t size;
	struct vectors vectors;
};

static struct recording riscv, arm64;

static void load(struct recording *recording, const char *name)
{
	FILE *file = fopen(name, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	recording->size = fread(recording->text, 1, TEXT_MAX, file);
	fclose(file);
	CU_ASSERT_FATAL(recording->size < TEXT_MAX);
	UNIT_ASSERT_INT(vectors_parse(&recording->vectors, recording->text,
				      recording->size),
			0);
}

static void load_both(void)
{
	load(&riscv, "tests/vectors/riscv.txt");
	load(&arm64, "tests/vectors/arm64.txt");
}

static struct vectors_values values;

static int decode(const struct recording *recording)
{
	vectors_decode(&recording->vectors, &values);
	return vectors_compare(&values);
}

static void check(const struct recording *recording)
{
	int wrong = decode(recording);

	UNIT_ASSERT_INT(wrong, -1);
	if (wrong >= 0 && (unsigned int)wrong < values.count)
		fprintf(stderr, "value %d, %s %u, is %#llx\n", wrong,
			values.value[wrong].name, values.value[wrong].index,
			(unsigned long long)values.value[wrong].value);
}

static void each_means_what_is_expected(void)
{
	load_both();
	check(&riscv);
	check(&arm64);
}

/* They are of two machines, and what differs is where their memory begins. */
static void they_differ_by_the_address_of_the_pool(void)
{
	load_both();
	CU_ASSERT(riscv.vectors.pool_address != arm64.vectors.pool_address);
	CU_ASSERT(memcmp(riscv.vectors.moment, arm64.vectors.moment,
			 sizeof(riscv.vectors.moment)));
	riscv.vectors.pool_address = arm64.vectors.pool_address;
	CU_ASSERT(decode(&riscv) >= 0);
}

/* Bytes of the moment in which one flipped bit changes nothing. */
static unsigned int count_idle(struct recording *recording,
			       enum vectors_moment_name name, size_t step)
{
	uint8_t *bytes = (uint8_t *)&recording->vectors.moment[name];
	unsigned int idle = 0;
	size_t i;

	for (i = 0; i < sizeof(struct vectors_moment); i += step) {
		uint8_t bit = (uint8_t)(1u << i % 8);

		bytes[i] ^= bit;
		idle += decode(recording) < 0;
		bytes[i] ^= bit;
	}
	return idle;
}

/* Every second byte: whatever is smaller than two lies at an even offset. */
static void every_byte_counts(void)
{
	load_both();
	UNIT_ASSERT_INT(count_idle(&riscv, VECTORS_PUBLISHED, 2), 0);
	UNIT_ASSERT_INT(count_idle(&riscv, VECTORS_COMPLETED, 2), 0);
	UNIT_ASSERT_INT(count_idle(&arm64, VECTORS_PUBLISHED, 13), 0);
	UNIT_ASSERT_INT(count_idle(&arm64, VECTORS_COMPLETED, 13), 0);
	UNIT_ASSERT_INT(decode(&riscv), -1);
	UNIT_ASSERT_INT(decode(&arm64), -1);
}

static void a_text_cut_short_is_refused(void)
{
	static struct vectors vectors;
	size_t size;

	load_both();
	for (size = 0; size < riscv.size; size += 101)
		CU_ASSERT(vectors_parse(&vectors, riscv.text, size) > 0);
	CU_ASSERT(vectors_parse(&vectors, riscv.text, riscv.size - 1) > 0);
}

static unsigned int parse(const char *text)
{
	static struct vectors vectors;

	return vectors_parse(&vectors, text, strlen(text));
}

#define BYTES	"00112233445566778899aabbccddeeff" \
		"00112233445566778899aabbccddeeff"
#define POOL	"pool 0000000080000000\n"

static void a_line_that_makes_no_sense_is_named(void)
{
	UNIT_ASSERT_INT(parse("# it\n" POOL "published pool 1020 " BYTES
			      "\nend\n"),
			0);
	UNIT_ASSERT_INT(parse(POOL), 2);
	UNIT_ASSERT_INT(parse("end\n"), 2);
	UNIT_ASSERT_INT(parse(POOL "\nend\n"), 2);
	UNIT_ASSERT_INT(parse(POOL "end\nend\n"), 3);
	UNIT_ASSERT_INT(parse("pool 80000000\nend\n"), 1);
	UNIT_ASSERT_INT(parse("pool 00000000800000000\nend\n"), 1);
	UNIT_ASSERT_INT(parse("taken pool 0000 " BYTES "\n"), 1);
	UNIT_ASSERT_INT(parse("published ring 0000 " BYTES "\n"), 1);
	UNIT_ASSERT_INT(parse("published pool 0010 " BYTES "\n"), 1);
	UNIT_ASSERT_INT(parse("published pool 1040 " BYTES "\n"), 1);
	UNIT_ASSERT_INT(parse("published control 1000 " BYTES "\n"), 1);
	UNIT_ASSERT_INT(parse("published control 0000 " BYTES "0\n"), 1);
	UNIT_ASSERT_INT(parse("published control 0000 0" BYTES "\n"), 1);
	UNIT_ASSERT_INT(parse("published control 0000 0g\n"), 1);
	UNIT_ASSERT_INT(parse("published control 00g0 " BYTES "\n"), 1);
}

static const struct unit_test tests[] = {
	UNIT_TEST(each_means_what_is_expected),
	UNIT_TEST(they_differ_by_the_address_of_the_pool),
	UNIT_TEST(every_byte_counts),
	UNIT_TEST(a_text_cut_short_is_refused),
	UNIT_TEST(a_line_that_makes_no_sense_is_named),
};

UNIT_MAIN("vectors", tests)
