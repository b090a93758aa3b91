/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold of a device side, whatever its driver writes:
 * - what is popped names only bytes of the regions, with the right to them;
 * - a head is never in flight twice, and only what is in flight can be pushed;
 * - with the driver at rest there are at most as many buffers as entries;
 * - after a reset it serves as if nothing had been.
 *
 * The functions here call the device side, claim that it does what the model
 * of it says, and keep the model.
 */
#ifndef RING_DEVICE_MODEL_H
#define RING_DEVICE_MODEL_H

#include "fuzz.h"
#include "peer.h"

#define READ_ONLY	0x28000u	/* with many regions, in this order */
#define HOLE		0x30000u
#define WRITE_ONLY	0x38000u
#define NUM_MAX		256u
/* Address space that hardly uses memory, so that lengths can pass 2^32. */
#define HUGE_BUS	(UINT64_C(1) << 40)
#define HUGE_BYTES	(UINT64_C(5) << 30)

/* A chain popped and not used. */
struct taken {
	uint16_t head;
	bool pushed;		/* in order: before its turn */
};

struct device_run {
	struct peer *peer;
	struct fuzz_input *in;
	uint64_t features;
	struct taken taken[NUM_MAX];	/* oldest first */
	unsigned int count;
	unsigned int unpushed;
	unsigned int held;	/* of a former life, not taken again yet */
};

/* The peer's block as one region and the huge one, or in pieces with a hole. */
void device_model_set_regions(struct peer *peer, bool many);
/* Make the huge region read as zeroes. */
void device_model_forget_huge(void);

/* Nothing is in flight any more; and the reset that makes it so. */
void device_model_forget(struct device_run *run);
void device_model_start(struct device_run *run);

void device_model_check_segment(const struct peer *peer,
				const struct virtq_segment *segment,
				bool write);

/* Returns what virtq_device_pop() returned. */
int device_model_pop(struct device_run *run);
void device_model_push(struct device_run *run, uint16_t head, uint32_t len);
/* This side's next life goes on where the last one was. */
void device_model_resume(struct device_run *run);

#endif
