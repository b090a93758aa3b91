/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channel layout, version 1: the words that two endpoints share, and the record
 * that a server shares with its own next life. docs/channel.md is the
 * specification; this header is its table in C.
 *
 * Ownership: the control page and the pool belong to the window that the
 * manifest grants to both peers (behind a front end: the control page to the
 * firmware and the server). The record belongs to the server alone.
 * Concurrency: both peers, any time. Every field has exactly one writer, and no
 * two writers share a 64-byte line.
 * Trust: none. A reader loads each field once, through the accessors below,
 * into memory of its own, validates that copy and uses nothing else.
 * Specification: docs/channel.md; VirtIO 1.2, 2.1 (status), 2.5
 * (configuration), 2.7 (split virtqueues), 3.1 (initialisation).
 */
#ifndef LOOPBACK_LAYOUT_H
#define LOOPBACK_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <virtio/features.h>

#define LOOPBACK_MAGIC			0x43484b42u	/* "BKHC" */
#define LOOPBACK_VERSION		1u
#define LOOPBACK_VENDOR_ID		0x4b4c4842u	/* "BHLK" */

#define LOOPBACK_CONTROL_SIZE		4096u
#define LOOPBACK_CONFIG_SIZE		256u
#define LOOPBACK_QUEUES_MAX		32u
#define LOOPBACK_QUEUE_SIZE_MAX		1024u
#define LOOPBACK_LINE_SIZE		64u

/*
 * What a channel negotiates besides the device type's bits. Not the packed
 * ring: its used descriptors overwrite those in flight, so the record could not
 * say what a server's next life has to take again.
 */
#define LOOPBACK_FEATURES						\
	(VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |				\
	 VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) |			\
	 VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |				\
	 VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM))

/* Doorbell bits of a channel, relative to the manifest's `bit`. */
#define LOOPBACK_BIT_CONTROL		0u
#define LOOPBACK_BIT_QUEUE(q)		(1u + (q))
#define LOOPBACK_BITS(queues)		(1u + (queues))

enum loopback_data_mode {
	LOOPBACK_DATA_WINDOW = 0,
	LOOPBACK_DATA_GRANT = 1,
};

/* loopback_server_line.state */
enum loopback_server_state {
	LOOPBACK_SERVER_DOWN = 0,	/* zeroed memory reads as this */
	LOOPBACK_SERVER_STARTING = 1,
	LOOPBACK_SERVER_READY = 2,
	/* this life serves no more, by its own choice */
	LOOPBACK_SERVER_STOPPED = 3,
};

/* loopback_client_line.state */
enum loopback_client_presence {
	LOOPBACK_CLIENT_ABSENT = 0,
	LOOPBACK_CLIENT_ATTACHED = 1,
	LOOPBACK_CLIENT_CLOSED = 2,
	/* attached, and goes on with a life that continues the one it knows */
	LOOPBACK_CLIENT_ADOPTING = 3,
};

/* loopback_queue_answer.state */
enum loopback_queue_state {
	LOOPBACK_QUEUE_DISABLED = 0,
	LOOPBACK_QUEUE_LIVE = 1,
	/* asked to stop; the server still holds requests */
	LOOPBACK_QUEUE_DRAINING = 2,
	/* latched by a ring error until reset */
	LOOPBACK_QUEUE_BROKEN = 3,
};

/* Request and acknowledge words: device status below, sequence number above. */
#define LOOPBACK_WORD(status, sequence) \
	((uint64_t)(uint32_t)(status) | (uint64_t)(uint32_t)(sequence) << 32)
#define LOOPBACK_WORD_STATUS(word)	((uint32_t)(word))
#define LOOPBACK_WORD_SEQUENCE(word)	((uint32_t)((word) >> 32))

/* Written by the server before it says READY, constant from then on. */
struct loopback_header {
	uint32_t magic;
	uint32_t version;
	uint32_t device_id;
	uint32_t vendor_id;
	uint32_t queue_count;
	uint32_t queue_size_max;
	uint32_t data_mode;
	uint32_t config_size;
	uint64_t device_features[2];
	uint64_t reserved[2];
};

/* Written by the server, any time. */
struct loopback_server_line {
	uint64_t generation;
	uint64_t resumed_from;
	uint64_t acknowledge;
	uint32_t state;
	uint32_t error;
	uint32_t liveness;
	uint32_t config_generation;
	uint64_t reserved[3];
};

/* Written by the client (native, or the firmware behind a front end). */
struct loopback_client_line {
	uint64_t generation;
	uint64_t server_generation;
	uint64_t request;
	uint32_t state;
	uint32_t liveness;
	uint64_t driver_features[2];
	uint64_t reserved[10];
};

/* Written by the server: one per queue. */
struct loopback_queue_answer {
	uint32_t size_max;
	uint32_t state;
	uint32_t error;
	uint32_t reserved;
};

/* Written by the client: one per queue. */
struct loopback_queue_request {
	uint32_t size;
	uint32_t ready;
	uint64_t descriptor_area;
	uint64_t driver_area;
	uint64_t device_area;
};

struct loopback_control {
	struct loopback_header header;
	struct loopback_server_line server;
	struct loopback_client_line client;
	uint8_t config[LOOPBACK_CONFIG_SIZE];
	struct loopback_queue_answer answer[LOOPBACK_QUEUES_MAX];
	struct loopback_queue_request queue[LOOPBACK_QUEUES_MAX];
	uint8_t reserved[2048];
};

/*
 * Whether the life `generation`, which says `resumed_from`, continues the life
 * `known`: lives that continue each other are a row of numbers from
 * `resumed_from` on, some of which nobody ever saw READY.
 */
static inline bool loopback_is_continued(uint64_t resumed_from,
					 uint64_t generation, uint64_t known)
{
	return resumed_from && resumed_from <= known && known < generation;
}

#define LOOPBACK_LAYOUT_AT(type, field, offset)                  \
	_Static_assert(offsetof(struct type, field) == (offset), \
		       #type "." #field)

LOOPBACK_LAYOUT_AT(loopback_control, header, 0x000);
LOOPBACK_LAYOUT_AT(loopback_control, server, 0x040);
LOOPBACK_LAYOUT_AT(loopback_control, client, 0x080);
LOOPBACK_LAYOUT_AT(loopback_control, config, 0x100);
LOOPBACK_LAYOUT_AT(loopback_control, answer, 0x200);
LOOPBACK_LAYOUT_AT(loopback_control, queue, 0x400);
LOOPBACK_LAYOUT_AT(loopback_control, reserved, 0x800);
_Static_assert(sizeof(struct loopback_control) == LOOPBACK_CONTROL_SIZE,
	       "control page");

/* Server-private record: per queue, then the whole. */
#define LOOPBACK_RECORD_MAGIC		0x52484b42u	/* "BKHR" */
#define LOOPBACK_RECORD_VERSION		1u
#define LOOPBACK_RECORD_WORDS		(LOOPBACK_QUEUE_SIZE_MAX / 64u)

/*
 * Progress of a queue, one word so that no crash can split it: entries popped,
 * entries the client may see used, entries staged beyond those.
 */
#define LOOPBACK_PROGRESS(avail, used, staged)                            \
	((uint64_t)(uint16_t)(avail) | (uint64_t)(uint16_t)(used) << 16 | \
	 (uint64_t)(uint16_t)(staged) << 32)
#define LOOPBACK_PROGRESS_AVAIL(word)	((uint16_t)(word))
#define LOOPBACK_PROGRESS_USED(word)	((uint16_t)((word) >> 16))
#define LOOPBACK_PROGRESS_STAGED(word)	((uint16_t)((word) >> 32))

struct loopback_record_queue {
	uint32_t ready;
	uint32_t size;
	uint64_t descriptor_area;
	uint64_t driver_area;
	uint64_t device_area;
	uint64_t progress;
	uint64_t reserved[3];
	uint64_t in_flight[LOOPBACK_RECORD_WORDS];
	uint64_t staged[LOOPBACK_RECORD_WORDS];
};

struct loopback_record {
	uint32_t magic;
	uint32_t version;
	uint64_t generation;
	uint32_t queue_count;
	uint32_t status;
	uint64_t driver_features[2];
	uint64_t client_generation;
	/* first generation that the next life may continue; 0: none */
	uint64_t kept_from;
	uint64_t reserved[9];
	struct loopback_record_queue queue[];
};

LOOPBACK_LAYOUT_AT(loopback_record_queue, in_flight, 64);
LOOPBACK_LAYOUT_AT(loopback_record, queue, 128);
_Static_assert(sizeof(struct loopback_record_queue) == 320, "record queue");

/* Bytes of record that `queues` queues need: 12 fit a page. */
#define LOOPBACK_RECORD_SIZE(queues)	(128u + 320u * (queues))

#endif
