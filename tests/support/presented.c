/* SPDX-License-Identifier: BSD-2-Clause */
#include <doorbell/abi.h>
#include <string.h>

#include "presented.h"
#include "unit.h"

#define REGISTERS_AT 0x248000UL

struct presented presented;

static void load(void *unused)
{
	(void)unused;
	partitioner_load();
}

/* Where this process has memory. */
static void move_windows(void)
{
	const struct fixture_edit edits[] = {
		DROP("/compartments/client", "initrd"),
		CELLS("/windows/registers", "reg",
		      (uint32_t)(system_at(REGISTERS_AT) >> 32),
		      (uint32_t)system_at(REGISTERS_AT), 0, 0x2000),
		CELLS("/windows/record", "reg",
		      (uint32_t)(system_at(SYSTEM_RECORD) >> 32),
		      (uint32_t)system_at(SYSTEM_RECORD), 0, 0x2000),
	};

	fixture_edit_all(sys.fixture.manifest, edits, 3);
}

/* A copy of the channel with pages, link and interrupt of its own. */
static void add_channel(unsigned int client, unsigned int link)
{
	struct model *model = &partitioner.model;
	unsigned int index = model->channel_count++;
	struct model_channel *channel = &model->channels[index];
	uint64_t at = system_at(SYSTEM_SPARE + index * 0x2000UL);

	*channel = model->channels[0];
	channel->client = client;
	channel->link = link;
	channel->interrupt += 100 * index;
	channel->control.range.base = at;
	channel->registers.range.base = at + PRESENTED_PAGE;
	memset((void *)(uintptr_t)at, 0, 2 * PRESENTED_PAGE);
}

/* To another client on a link of the same number, and to the same client on
 * another link; with the same bits. And one that is not presented. */
static void add_channels(void)
{
	struct model *model = &partitioner.model;
	struct model_link *link = &model->links[model->link_count];

	UNIT_ASSERT_INT(
		doorbell_add_link(&partitioner.doorbell, ID_SERVER, ID_CLIENT),
		DOORBELL_OK);
	*link = (struct model_link){
		.ends = { ID_SERVER, ID_CLIENT },
		.numbers = { 2, 1 },
	};
	add_channel(ID_OTHER, 0);
	add_channel(ID_CLIENT, model->link_count++);
	add_channel(ID_OTHER, 0);
	model->channels[3].registers.range = (struct memory_range){ 0 };
}

static void make(bool is_alone)
{
	const struct model_channel *channel;

	system_make();
	fixture_add_guest(&sys.fixture, false);
	move_windows();
	system_link();
	UNIT_ASSERT_INT(system_prepare(), FAKE_RETURNED);
	if (!is_alone)
		add_channels();
	UNIT_ASSERT_INT(fake_run(load, NULL), FAKE_RETURNED);
	presented.channel = &partitioner.model.channels[0];
	channel = presented.channel;
	presented.page = (void *)(uintptr_t)channel->control.range.base;
	presented.image = (void *)(uintptr_t)channel->registers.range.base;
}

static void boot(bool is_alone)
{
	unsigned int id;

	make(is_alone);
	partitioner.alive = ID_COUNT;
	for (id = 0; id < ID_COUNT; id++)
		lifecycle_mark_started(&partitioner.partitions[id].life);
	fake_start_all();
	fake_forget();
}

void presented_boot(void)
{
	boot(true);
}

void presented_boot_many(void)
{
	boot(false);
}

void presented_ring(uint64_t bits)
{
	UNIT_ASSERT_INT(system_call(call_doorbell, HART_SERVER,
				    DOORBELL_FID_RING, 1,
				    bits << presented.channel->bit, 0, 0)
				.error,
			CALL_SUCCESS);
}

void presented_publish_on(struct loopback_control *page, uint64_t generation)
{
	struct loopback_header *header = &page->header;

	header->magic = virtio_le32(LOOPBACK_MAGIC);
	header->version = virtio_le32(LOOPBACK_VERSION);
	header->device_id = virtio_le32(VIRTIO_ID_BLOCK);
	header->queue_count = virtio_le32(1);
	header->queue_size_max = virtio_le32(16);
	header->device_features[0] = virtio_le64(LOOPBACK_FEATURES);
	page->answer[0].size_max = virtio_le32(16);
	page->server.generation = virtio_le64(generation);
	page->server.state = virtio_le32(LOOPBACK_SERVER_READY);
}

void presented_publish(uint64_t generation)
{
	presented_publish_on(presented.page, generation);
	presented_ring(1);
}

void presented_answer(void)
{
	presented.page->server.acknowledge = presented.page->client.request;
	presented_ring(1);
}

enum guest_access_result presented_access(uint32_t hart, uint64_t address,
					  bool write, uint64_t value)
{
	struct guest_access access = {
		.address = address,
		.width = 4,
		.write = write,
		.value = value,
	};

	fake_become(hart);
	return present_access(arch_hart_this(), &access);
}

enum guest_access_result presented_put(uint32_t offset, uint32_t value)
{
	return presented_access(
		HART_CLIENT, presented.channel->registers.range.base + offset,
		true, value);
}

uint32_t presented_get(uint32_t offset)
{
	return virtio_le32(presented.image[offset / 4]);
}

void presented_run_driver(void)
{
	presented_publish(1);
	presented_answer();
	presented_put(VIRTIO_MMIO_STATUS, 3);
	presented_put(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	presented_put(VIRTIO_MMIO_DRIVER_FEATURES, 3);
	presented_put(VIRTIO_MMIO_STATUS, 0xb);
	presented_put(VIRTIO_MMIO_QUEUE_NUM, 16);
	presented_put(VIRTIO_MMIO_QUEUE_DESC_LOW, 0x1000);
	presented_put(VIRTIO_MMIO_QUEUE_DRIVER_LOW, 0x2000);
	presented_put(VIRTIO_MMIO_QUEUE_DEVICE_LOW, 0x3000);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_QUEUE_READY, 1),
			GUEST_ACCESS_DONE);
	UNIT_ASSERT_INT(presented_put(VIRTIO_MMIO_STATUS, 0xf),
			GUEST_ACCESS_DONE);
	presented_answer();
	UNIT_ASSERT_INT(presented_get(VIRTIO_MMIO_STATUS), 0xf);
	fake_forget();
}

void presented_run(void)
{
	presented_boot();
	presented_run_driver();
}

unsigned long presented_wait(unsigned long limit)
{
	unsigned long before = fake.waited_us;

	while (fake.waited_us - before < limit &&
	       presented_put(VIRTIO_MMIO_STATUS, 0) == GUEST_ACCESS_AGAIN)
		;
	return fake.waited_us - before;
}

static void life_end(void *goal)
{
	if (!life_leave())
		life_request((enum lifecycle_goal)(uintptr_t)goal);
}

void presented_end(uint32_t hart, enum lifecycle_goal goal)
{
	fake_become(hart);
	fake_run(life_end, (void *)(uintptr_t)goal);
	fake_run(life_end, NULL);
}

uint64_t presented_get_state(unsigned int id)
{
	return lifecycle_read(&partitioner.partitions[id].life) &
	       COMPARTMENT_STATE_MASK;
}
