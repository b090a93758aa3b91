/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decodes the channels that were recorded on each architecture, with the very
 * libraries that clients and servers run, and compares what they mean with what
 * is expected; then records the channel of this machine, as the client of a
 * block server.
 *
 * Boot arguments:
 *	ssip		take doorbells as software interrupts
 */
#include <common/bell.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/irq.h>
#include <common/report.h>
#include <vectors.h>
#include "record.h"

struct text {
	const char *name;
	const char *begin;
	const char *end;
};

/* tests/vectors/<name>.txt, see text.S. */
extern const char text_riscv[], text_riscv_end[];
extern const char text_arm64[], text_arm64_end[];

static void decode(const struct text *text)
{
	static struct vectors vectors;
	static struct vectors_values values;
	unsigned int line = vectors_parse(&vectors, text->begin,
					  (size_t)(text->end - text->begin));
	int wrong;

	if (!report(!line, "vectors: %s: it is a recording", text->name)) {
		print("line %u makes no sense\n", line);
		return;
	}
	vectors_decode(&vectors, &values);
	wrong = vectors_compare(&values);
	report(wrong < 0, "vectors: %s: all values are those expected",
	       text->name);
	if (wrong >= 0 && (unsigned int)wrong < values.count)
		print("value %d, %s %u, is %lx\n", wrong,
		      values.value[wrong].name, values.value[wrong].index,
		      values.value[wrong].value);
}

void payload_main(void)
{
	const struct text texts[] = {
		{ "riscv", text_riscv, text_riscv_end },
		{ "arm64", text_arm64, text_arm64_end },
	};
	int error;

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		decode(&texts[i]);
	if (irq_init(&tree))
		firmware_end(true);
	if (bell_init(tree_has_word(&tree, "ssip"))) {
		print("the firmware refused the doorbell page\n");
		firmware_end(true);
	}
	error = vectors_record();
	print(error ? "failed\n" : "done\n");
	firmware_end(error || report_totals.failed);
}
