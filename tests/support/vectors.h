/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test vectors of a channel: its control page and the used piece of its pool,
 * recorded on each architecture at two moments (payloads/vectors), and what
 * they mean. Compiled for the host's unit tests and for the payload, which all
 * have to decode every recording to the one list of values that is expected.
 *
 * To decode is to be the peer of whoever was recorded: a server over the
 * library is given the words of the recorded client, and a client those of the
 * recorded server. Each must read the values expected, and write back, byte for
 * byte, what its recorded counterpart wrote.
 *
 * Ownership: all memory is the caller's or static here.
 * Concurrency: one caller.
 * Trust: a recording is as hostile to the libraries as any peer; its text is
 * checked while it is parsed.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include <loopback/block.h>

/* The recorded channel; the payload's manifest has the same queue size. */
#define VECTORS_QUEUE_SIZE	16u
#define VECTORS_TABLE_ENTRIES	4u
#define VECTORS_ID		"disk"

/* Offsets in the pool, in the order in which the client takes it. */
#define VECTORS_RING	0x000u
#define VECTORS_WIRES	0x200u
#define VECTORS_TABLES	0x600u
#define VECTORS_DATA	0xa00u
/* End of the piece that is recorded. */
#define VECTORS_POOL	0x1040u
/* Bytes in a line of text; the console breaks longer lines. */
#define VECTORS_LINE	32u

enum vectors_moment_name {
	/* the requests are available, and nobody has rung for them */
	VECTORS_PUBLISHED,
	/* all of them are used, and the client has not looked */
	VECTORS_COMPLETED,
	VECTORS_MOMENTS,
};

struct vectors_moment {
	struct loopback_control control;
	uint8_t pool[VECTORS_POOL];
} __attribute__((aligned(LOOPBACK_LINE_SIZE)));

struct vectors {
	/* bus address of the pool */
	uint64_t pool_address;
	struct vectors_moment moment[VECTORS_MOMENTS];
};

/*
 * The text of a recording, one line each: `#` and a remark; `pool <address>`;
 * `<moment> <part> <offset> <32 bytes>`, in hexadecimal, where a part is
 * `control` or `pool` and what is not listed is zero; `end`. Returns 0, or the
 * number of the line that makes no sense, which may be one behind the last.
 */
unsigned int vectors_parse(struct vectors *vectors, const char *text,
			   size_t size);

extern const char *const vectors_moment_names[VECTORS_MOMENTS];

/* ---- The requests that are recorded ---- */

#define VECTORS_REQUESTS	8u
/* What the last request turns into before it is published. */
#define VECTORS_UNKNOWN_TYPE	0x4000u

/*
 * Submits all of them and publishes none. The block client runs and has no
 * other request; its wires and its data lie in `pool` as said above. The cookie
 * of request n is the pointer of value n + 1. Returns 0 or an enum
 * loopback_error.
 */
int vectors_submit(struct loopback_block_client *block, uint8_t *pool,
		   uint64_t pool_address);

/* ---- What a recording means ---- */

struct vectors_value {
	const char *name;
	/* of the request, or 0 */
	unsigned int index;
	uint64_t value;
};

#define VECTORS_VALUES_MAX	192u

struct vectors_values {
	struct vectors_value value[VECTORS_VALUES_MAX];
	unsigned int count;
};

/* Addresses are given as offsets in the pool. */
void vectors_decode(const struct vectors *vectors,
		    struct vectors_values *values);

/* At most VECTORS_VALUES_MAX of them. */
extern const struct vectors_value vectors_expected[];
extern const unsigned int vectors_expected_count;

/*
 * The number of the first value that is not the one expected, or is missing or
 * one too many; -1: none.
 */
int vectors_compare(const struct vectors_values *values);

/* ---- Of vectors_*.c only ---- */

void vectors_emit(struct vectors_values *values, const char *name,
		  unsigned int index, uint64_t value);
/* 0 if both are the same, else 1 + the first offset that differs. */
void vectors_emit_difference(struct vectors_values *values, const char *name,
			     const void *a, const void *b, size_t size);
/*
 * Be the client that finds the server's words; `block` then has the device's
 * limits. And be a server of that device that finds the client's.
 */
void vectors_decode_completions(const struct vectors *vectors,
				struct loopback_block_client *block,
				struct vectors_values *values);
void vectors_decode_requests(const struct vectors *vectors,
			     const struct loopback_block_client *limits,
			     struct vectors_values *values);

#endif
