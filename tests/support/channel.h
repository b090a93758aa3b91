/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole block channel in one process: control page, pool, record, both
 * endpoints, doorbells that count. Each part is an allocation of its own, so
 * that the address sanitiser sees every step outside.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdint.h>

#include <loopback/block.h>

#define CHANNEL_BUS	UINT64_C(0x91001000)
#define CHANNEL_POOL	0x40000u
#define CHANNEL_QUEUE_SIZE	16u
#define CHANNEL_SLOTS	16u
/* Offsets in the pool. */
#define CHANNEL_RING	0x0u
#define CHANNEL_WIRES	0x2000u
#define CHANNEL_TABLES	0x4000u
#define CHANNEL_DATA	0x10000u

struct channel {
	struct loopback_control *control;
	uint8_t *pool;
	struct loopback_record *record;

	struct loopback_block_backend *backend;
	/* What the next life of the server is granted instead of the pool. */
	const struct virtio_region *regions;
	unsigned int region_count;
	struct loopback_server server;
	struct loopback_server_queue server_queue;
	struct virtq_device_slot device_slots[CHANNEL_QUEUE_SIZE];
	struct loopback_block_server block_server;
	struct loopback_block_server_slot server_slots[CHANNEL_SLOTS];
	struct virtq_segment
		segments[LOOPBACK_BLOCK_SEGMENTS(CHANNEL_QUEUE_SIZE)];
	uint16_t server_slot_count;

	struct loopback_client client;
	struct virtq_driver virtq;
	struct virtq_driver_slot virtq_slots[CHANNEL_QUEUE_SIZE];
	struct loopback_block_client block;
	struct loopback_block_client_slot client_slots[CHANNEL_SLOTS];

	/* Doorbells rung and not looked at. */
	unsigned int to_server_control, to_server_queue;
	unsigned int to_client_control, to_client_queue;
};

/* Memory and both endpoints; nothing published. Aborts if out of memory. */
struct channel *channel_new(struct loopback_block_backend *backend);
void channel_free(struct channel *channel);

/* A new life of one end, with none of the private memory of the last. */
void channel_new_server(struct channel *channel);
void channel_new_client(struct channel *channel);

/* Publish, attach, start: both ends run. Asserts that they do. */
void channel_run(struct channel *channel);
/* The client's half of that, once a server has published. */
void channel_run_client(struct channel *channel);
/* A new channel that runs. */
struct channel *channel_start(struct loopback_block_backend *backend);
/* Give the client endpoint its queue, in state RESET. */
int channel_setup_queue(struct channel *channel);

static inline uint64_t channel_bus(uint32_t offset)
{
	return CHANNEL_BUS + offset;
}

/* Submit one request with one piece of data at `offset` of the pool. */
int channel_submit(struct channel *channel, uint32_t type, uint64_t sector,
		   uint32_t offset, uint32_t length, void *cookie);
/* Kick, serve, take one completion: its result, or what poll returned. */
int channel_do(struct channel *channel, uint32_t type, uint64_t sector,
	       uint32_t offset, uint32_t length);

/* The client without scruples, who writes the ring by hand. */
void channel_desc(struct channel *channel, uint16_t index, uint64_t address,
		  uint32_t length, uint16_t flags, uint16_t next);
void channel_avail(struct channel *channel, uint16_t head);
struct virtq_ring channel_ring(struct channel *channel);
uint16_t channel_used_idx(struct channel *channel);

#endif
