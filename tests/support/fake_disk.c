/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "fake_disk.h"
#include "unit.h"

static void notify(void *ctx)
{
	((struct fake_disk *)ctx)->notified++;
}

static void *allocate(size_t size)
{
	void *memory = aligned_alloc(4096, 4096);

	if (!memory || size > 4096)
		abort();
	return memset(memory, 0, 4096);
}

void fake_disk_restart(struct fake_disk *fake)
{
	struct virtq_driver_config driver = {
		.ring = virtq_layout_ring(fake->ring, FAKE_DISK_QUEUE),
		.features = fake->config.features,
		.slots = fake->virtq_slots,
	};
	struct virtq_device_config device = {
		.addresses = virtq_layout_addresses(FAKE_DISK_RING_BUS,
						    FAKE_DISK_QUEUE),
		.features = fake->config.features,
		.regions = &fake->table,
		.slots = fake->device_slots,
	};

	UNIT_ASSERT_INT(virtq_driver_init(&fake->virtq, &driver), VIRTIO_OK);
	UNIT_ASSERT_INT(virtq_device_init(&fake->device, &device), VIRTIO_OK);
	UNIT_ASSERT_INT(loopback_block_disk_init(&fake->disk, &fake->config),
			LOOPBACK_OK);
}

struct fake_disk *fake_disk_new(void *pool, uint64_t pool_address,
				uint64_t pool_size, uint64_t features)
{
	struct fake_disk *fake = calloc(1, sizeof(*fake));
	unsigned int i;

	if (!fake)
		abort();
	for (i = 0; i < sizeof(fake->data); i++)
		fake->data[i] = (uint8_t)(3 * (i / 512) + i % 512);
	fake->ring = allocate(virtq_layout_bytes(FAKE_DISK_QUEUE));
	fake->wires = allocate(FAKE_DISK_SLOTS * sizeof(fake->wires[0]));
	fake->regions[0] =
		(struct virtio_region){ pool_address, pool_size, pool, 3 };
	fake->regions[1] = (struct virtio_region){ FAKE_DISK_RING_BUS, 4096,
						   fake->ring, 3 };
	fake->regions[2] = (struct virtio_region){ FAKE_DISK_WIRES_BUS, 4096,
						   fake->wires, 3 };
	UNIT_ASSERT_INT(
		virtio_region_table_init(&fake->table, fake->regions, 3),
		VIRTIO_OK);
	fake->config = (struct loopback_block_disk_config){
		.virtq = &fake->virtq,
		.queue_size = FAKE_DISK_QUEUE,
		.wires = fake->wires,
		.wires_address = FAKE_DISK_WIRES_BUS,
		.slots = fake->slots,
		.slot_count = FAKE_DISK_SLOTS,
		.features = features | VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			    VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX),
		.blk = {
			.capacity = virtio_le64(FAKE_DISK_SECTORS),
			.seg_max = virtio_le32(254),
			.blk_size = virtio_le32(512),
			.max_discard_sectors = virtio_le32(64),
			.max_write_zeroes_sectors = virtio_le32(64),
			.write_zeroes_may_unmap = 1,
		},
		.notify = notify,
		.ctx = fake,
	};
	fake_disk_restart(fake);
	return fake;
}

void fake_disk_free(struct fake_disk *fake)
{
	free(fake->ring);
	free(fake->wires);
	free(fake);
}

static void move(struct fake_disk *fake, const struct virtq_segment *segments,
		 unsigned int count, uint64_t sector, bool to_memory)
{
	uint8_t *data = &fake->data[sector * 512];
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (to_memory)
			memcpy(segments[i].pointer, data, segments[i].len);
		else
			memcpy(data, segments[i].pointer, segments[i].len);
		data += segments[i].len;
	}
}

static void serve(struct fake_disk *fake, const struct virtq_chain *chain)
{
	const struct virtq_segment *last =
		&chain->segments[chain->readable + chain->writable - 1];
	struct virtio_blk_discard_write_zeroes range;
	struct virtio_blk_req_header header;
	uint64_t sector;

	CU_ASSERT_EQUAL_FATAL(chain->segments[0].len, sizeof(header));
	CU_ASSERT_EQUAL_FATAL(last->len, 1);
	memcpy(&header, chain->segments[0].pointer, sizeof(header));
	sector = virtio_le64(header.sector);
	switch (virtio_le32(header.type)) {
	case VIRTIO_BLK_T_IN:
		CU_ASSERT_EQUAL(chain->readable, 1);
		move(fake, &chain->segments[1], chain->writable - 1u, sector,
		     true);
		break;
	case VIRTIO_BLK_T_OUT:
		CU_ASSERT_EQUAL(chain->writable, 1);
		move(fake, &chain->segments[1], chain->readable - 1u, sector,
		     false);
		break;
	case VIRTIO_BLK_T_FLUSH:
		CU_ASSERT_EQUAL(chain->readable_len, sizeof(header));
		fake->flushes++;
		break;
	case VIRTIO_BLK_T_WRITE_ZEROES:
	case VIRTIO_BLK_T_DISCARD:
		CU_ASSERT_EQUAL_FATAL(chain->readable_len,
				      sizeof(header) + sizeof(range));
		memcpy(&range, chain->segments[1].pointer, sizeof(range));
		memset(&fake->data[virtio_le64(range.sector) * 512], 0,
		       virtio_le32(range.num_sectors) * 512u);
		fake->zeroes++;
		break;
	default:
		CU_FAIL("a request no disk knows");
	}
	*(uint8_t *)last->pointer = fake->status;
}

unsigned int fake_disk_serve(struct fake_disk *fake, unsigned int count)
{
	struct virtq_chain chain = { .segments = fake->segments,
				     .capacity = FAKE_DISK_QUEUE };
	unsigned int done = 0;

	while (done < count && virtq_device_pop(&fake->device, &chain) > 0) {
		serve(fake, &chain);
		virtq_device_push(&fake->device, chain.head,
				  chain.writable_len - fake->cut);
		done++;
	}
	virtq_device_publish(&fake->device);
	virtq_device_enable_notifications(&fake->device);
	fake->served += done;
	return done;
}
