/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cases, each on both formats and at least once round the ring. Small ones
 * first: a missing order should be found by what is searched soonest.
 */
#include <virtio/features.h>

#include "ring.h"

#define SPLIT	VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define PACKED	(SPLIT | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))
#define EVENT	VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX)
#define TABLES	VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC)
#define ORDER	VIRTIO_FEATURE(VIRTIO_F_IN_ORDER)

#define BOTH(text, bits, ...)						\
	{ .name = "split: " text, .features = SPLIT | (bits), __VA_ARGS__ }, \
	{ .name = "packed: " text, .features = PACKED | (bits), __VA_ARGS__ }

const struct ring_case ring_cases[] = {
	BOTH("one entry", 0,
	     .num = 1, .ahead = 1, .requests = 3, .readable = 1),
	BOTH("one entry, event index", EVENT,
	     .num = 1, .ahead = 1, .requests = 3, .readable = 1),
	BOTH("two entries", 0,
	     .num = 2, .ahead = 2, .requests = 4, .readable = 1),
	BOTH("two entries, event index", EVENT,
	     .num = 2, .ahead = 2, .requests = 4, .readable = 1),
	BOTH("answers", 0,
	     .num = 2, .ahead = 2, .requests = 3, .writable = 1),
	BOTH("polling", 0,
	     .num = 2, .ahead = 2, .requests = 4, .writable = 1, .polls = true),
	BOTH("chains", 0,
	     .num = 4, .ahead = 2, .requests = 3, .readable = 1, .writable = 1),
	BOTH("batches", 0,
	     .num = 2, .ahead = 2, .requests = 4, .writable = 1,
	     .batches = true),
	BOTH("batches, event index", EVENT,
	     .num = 2, .ahead = 2, .requests = 4, .writable = 1,
	     .batches = true),
	BOTH("used from last to first", 0,
	     .num = 2, .ahead = 2, .requests = 4, .writable = 1,
	     .backwards = true),
	BOTH("tables", TABLES,
	     .num = 2, .ahead = 2, .requests = 3, .readable = 1, .writable = 1),
	BOTH("in order", ORDER,
	     .num = 2, .ahead = 2, .requests = 4, .writable = 1,
	     .backwards = true),
	BOTH("in order, batches, event index", ORDER | EVENT,
	     .num = 2, .ahead = 2, .requests = 4, .writable = 1,
	     .batches = true, .backwards = true),
	BOTH("late interrupts", EVENT,
	     .num = 4, .ahead = 4, .requests = 5, .readable = 1,
	     .delayed = true),
	BOTH("exposed before published", EVENT,
	     .num = 2, .ahead = 2, .requests = 4, .readable = 1,
	     .exposes = true),
	{ .name = "packed: chains across the end", .features = PACKED | EVENT,
	  .num = 3, .ahead = 1, .requests = 3, .readable = 1, .writable = 1 },
};

const unsigned int ring_case_count =
	sizeof(ring_cases) / sizeof(ring_cases[0]);
