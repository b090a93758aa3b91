/* SPDX-License-Identifier: BSD-2-Clause */
/* The register machine against a hostile driver: all but the queues' life,
 * which is in virtio_mmio_queue_test.c. */
#include <string.h>

#include "../support/mmio_raw.h"

/* Everything that registers can change; callbacks are counted elsewhere. */
struct snapshot {
	struct virtio_mmio_device machine;
	struct virtio_mmio_queue queues[MMIO_DEVICE_QUEUES + 1];
	uint8_t space[MMIO_DEVICE_CONFIG];
	unsigned int notifies, readies, stops, resets, writes;
};

static void snapshot_take(struct snapshot *now)
{
	memset(now, 0, sizeof(*now));
	memcpy(&now->machine, machine, sizeof(now->machine));
	memcpy(now->queues, device.queues, sizeof(now->queues));
	memcpy(now->space, device.space, sizeof(now->space));
	now->notifies = device.owner[0].notifies + device.owner[1].notifies;
	now->readies = device.owner[0].readies + device.owner[1].readies;
	now->stops = device.owner[0].stops + device.owner[1].stops;
	now->resets = device.resets;
	now->writes = device.config_writes;
}

static void expect_unchanged(const struct snapshot *before)
{
	struct snapshot now;

	snapshot_take(&now);
	UNIT_ASSERT_INT(memcmp(&now, before, sizeof(now)), 0);
}

static void identity(void)
{
	fresh();
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_MAGIC_VALUE), VIRTIO_MMIO_MAGIC);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_VERSION), 2);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_BLOCK);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_VENDOR_ID), device.config.vendor_id);
	w(VIRTIO_MMIO_SHM_SEL, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_SHM_LEN_LOW), UINT32_MAX);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_SHM_LEN_HIGH), UINT32_MAX);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_SHM_BASE_LOW), UINT32_MAX);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_SHM_BASE_HIGH), UINT32_MAX);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_DEVICE_FEATURES),
			(uint32_t)VIRTIO_TRANSPORT_FEATURES);
	w(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_DEVICE_FEATURES),
			VIRTIO_TRANSPORT_FEATURES >> 32);
	w(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_DEVICE_FEATURES), 0);
	w(VIRTIO_MMIO_DEVICE_FEATURES_SEL, UINT32_MAX);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_DEVICE_FEATURES), 0);
}

static void owner_mistakes(void)
{
	struct virtio_mmio_device_ops good = *device.config.ops, bad;
	struct virtio_mmio_device other;
	struct virtio_mmio_device_config config;

#define INIT_WITHOUT(member)						\
	do {								\
		bad = good;						\
		bad.member = NULL;					\
		config = device.config;					\
		config.ops = &bad;					\
		UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config), \
				VIRTIO_ERR_INVALID);			\
	} while (0)
	INIT_WITHOUT(queue_ready);
	INIT_WITHOUT(queue_stop);
	INIT_WITHOUT(notify);
	INIT_WITHOUT(driver_ok);
	INIT_WITHOUT(reset);
	INIT_WITHOUT(read_config);
	INIT_WITHOUT(write_config);
	bad.read_config = NULL;
	config.config_bytes = 0;
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config), 0);
	UNIT_ASSERT_INT(virtio_mmio_device_read(&other, VIRTIO_MMIO_CONFIG, 1),
			0);
	config.ops = NULL;
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config),
			VIRTIO_ERR_INVALID);
	config = device.config;
	config.queues = NULL;
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config),
			VIRTIO_ERR_INVALID);
	config.queue_count = 0;
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config), 0);
}

static void owner_mistakes_and_hostile_offers(void)
{
	static const struct virtio_feature_rule rules[] = {
		{ .feature = 1, .one_of = VIRTIO_FEATURE(2) },
		{ .one_of = 0 },
	};
	struct virtio_mmio_device other;
	struct virtio_mmio_device_config config;
	unsigned int bit;

	fresh();
	owner_mistakes();
	config = device.config;
	config.rules = rules;
	for (bit = 24; bit < 50; bit++) {
		config.features = VERSION_1 | VIRTIO_FEATURE(bit);
		UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config),
				VIRTIO_TRANSPORT_FEATURES &
				VIRTIO_FEATURE(bit) ? 0 : VIRTIO_ERR_FEATURES);
	}
	config.features = 0;
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config),
			VIRTIO_ERR_FEATURES);
	config.features = VERSION_1 | VIRTIO_FEATURE(1);
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config),
			VIRTIO_ERR_FEATURES);
	config.features |= VIRTIO_FEATURE(2);
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config), 0);
	config.required = VIRTIO_FEATURE(3);
	UNIT_ASSERT_INT(virtio_mmio_device_init(&other, &config),
			VIRTIO_ERR_FEATURES);
	expect_recovery(0);
}

/* The canary behind the queues is ready and would be found by any of these. */
static void case_22_queue_selector_out_of_range(uint64_t format)
{
	static const uint32_t selectors[] = {
		MMIO_DEVICE_QUEUES, MMIO_DEVICE_QUEUES + 1, 0x10000,
		0x7fffffff, 0x80000000, UINT32_MAX,
	};
	struct snapshot before;
	unsigned int i;
	uint32_t offset;

	guest_up(format | RESET);
	device.queues[MMIO_DEVICE_QUEUES] = device.queues[0];
	for (i = 0; i < sizeof(selectors) / sizeof(selectors[0]); i++) {
		w(VIRTIO_MMIO_QUEUE_SEL, selectors[i]);
		snapshot_take(&before);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_READY), 0);
		UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_RESET), 0);
		for (offset = VIRTIO_MMIO_QUEUE_NUM;
		     offset < VIRTIO_MMIO_CONFIG_GENERATION; offset += 4) {
			if (offset == VIRTIO_MMIO_QUEUE_NOTIFY ||
			    offset == VIRTIO_MMIO_STATUS)
				continue;
			CU_ASSERT_TRUE(w(offset, 1));
			CU_ASSERT_TRUE(w(offset, 0));
			CU_ASSERT_TRUE(w(offset, UINT32_MAX));
		}
		w(VIRTIO_MMIO_QUEUE_NOTIFY, selectors[i]);
		expect_unchanged(&before);
	}
	expect_service();
}
BOTH_FORMATS(case_22_queue_selector_out_of_range)

/* A queue in range that the owner does not have is none, either. */
static void case_22_queue_absent(uint64_t format)
{
	struct snapshot before;

	guest_up(format | RESET);
	device.queues[1].num_max = 0;
	w(VIRTIO_MMIO_QUEUE_SEL, 1);
	snapshot_take(&before);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	raw_addresses(virtq_layout_addresses(MMIO_DEVICE_BUS + MMIO_GUEST_RING,
					     MMIO_GUEST_NUM));
	w(VIRTIO_MMIO_QUEUE_READY, 1);
	w(VIRTIO_MMIO_QUEUE_NOTIFY, 1);
	expect_unchanged(&before);
	expect_service();
}
BOTH_FORMATS(case_22_queue_absent)

static void case_22_wrong_widths_of_registers(uint64_t format)
{
	static const unsigned int widths[] = { 0, 1, 2, 3, 5, 8, 64, ~0u };
	struct snapshot before;
	uint32_t offset;
	unsigned int i;

	guest_up(format | RESET);
	snapshot_take(&before);
	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		for (offset = 0; offset < VIRTIO_MMIO_CONFIG; offset++) {
			UNIT_ASSERT_INT(virtio_mmio_device_read(
						machine, offset, widths[i]),
					0);
			CU_ASSERT_TRUE(virtio_mmio_device_write(
					       machine, offset, widths[i], 0));
			CU_ASSERT_TRUE(virtio_mmio_device_write(
					       machine, offset, widths[i], 1));
		}
	}
	expect_unchanged(&before);
	expect_service();
}
BOTH_FORMATS(case_22_wrong_widths_of_registers)

static bool is_writable(uint32_t offset)
{
	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
	case VIRTIO_MMIO_DRIVER_FEATURES:
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
	case VIRTIO_MMIO_QUEUE_SEL:
	case VIRTIO_MMIO_QUEUE_NUM:
	case VIRTIO_MMIO_QUEUE_READY:
	case VIRTIO_MMIO_QUEUE_NOTIFY:
	case VIRTIO_MMIO_INTERRUPT_ACK:
	case VIRTIO_MMIO_STATUS:
	case VIRTIO_MMIO_QUEUE_RESET:
		return true;
	}
	return offset >= VIRTIO_MMIO_QUEUE_DESC_LOW &&
	       offset <= VIRTIO_MMIO_QUEUE_DEVICE_HIGH;
}

static void case_22_unknown_misaligned_and_one_way_offsets(uint64_t format)
{
	struct snapshot before;
	uint32_t offset;

	guest_up(format | RESET);
	/* A queue at rest is selected: its registers could be written. */
	w(VIRTIO_MMIO_QUEUE_SEL, 1);
	snapshot_take(&before);
	for (offset = 0; offset < VIRTIO_MMIO_CONFIG; offset++) {
		if (is_writable(offset) && offset % 4 == 0)
			continue;
		w(offset, 0);
		w(offset, 1);
		w(offset, UINT32_MAX);
		if (offset % 4)
			UNIT_ASSERT_INT(r(offset), 0);
	}
	expect_unchanged(&before);
	/* What can only be written, and holes, read as zero. */
	w(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	raw_addresses(virtq_layout_addresses(UINT64_C(0x1111111122222210),
					     MMIO_GUEST_NUM));
	for (offset = 0; offset < VIRTIO_MMIO_CONFIG; offset += 4) {
		if ((is_writable(offset) && offset != VIRTIO_MMIO_STATUS) ||
		    (offset > VIRTIO_MMIO_VENDOR_ID &&
		     offset < VIRTIO_MMIO_DEVICE_FEATURES) ||
		    (offset > VIRTIO_MMIO_QUEUE_RESET &&
		     offset < VIRTIO_MMIO_CONFIG_GENERATION))
			UNIT_ASSERT_INT(r(offset), 0);
	}
	expect_service();
}
BOTH_FORMATS(case_22_unknown_misaligned_and_one_way_offsets)

static void no_field(uint32_t offset, unsigned int width)
{
	offset += VIRTIO_MMIO_CONFIG;
	UNIT_ASSERT_INT(virtio_mmio_device_read(machine, offset, width), 0);
	virtio_mmio_device_write(machine, offset, width, 0x99);
}

static void case_22_configuration_bounds_and_widths(uint64_t format)
{
	static const unsigned int widths[] = { 0, 3, 5, 8, 64, ~0u };
	struct snapshot before;
	unsigned int i;

	guest_up(format);
	snapshot_take(&before);
	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		no_field(0, widths[i]);
	no_field(1, 2);
	no_field(1, 4);
	no_field(2, 4);
	no_field(MMIO_DEVICE_CONFIG, 1);
	no_field(MMIO_DEVICE_CONFIG, 2);
	no_field(MMIO_DEVICE_CONFIG, 4);
	no_field(0x7ffffffc, 4);
	no_field(UINT32_MAX - VIRTIO_MMIO_CONFIG, 1);
	no_field(UINT32_MAX - VIRTIO_MMIO_CONFIG - 3, 4);
	expect_unchanged(&before);

	/* A space that ends within a word. */
	machine->config.config_bytes = MMIO_DEVICE_CONFIG - 1;
	snapshot_take(&before);
	no_field(MMIO_DEVICE_CONFIG - 4, 4);
	no_field(MMIO_DEVICE_CONFIG - 2, 2);
	no_field(MMIO_DEVICE_CONFIG - 1, 1);
	expect_unchanged(&before);
	UNIT_ASSERT_INT(virtio_mmio_device_read(
				machine, VIRTIO_MMIO_CONFIG +
				MMIO_DEVICE_CONFIG - 2, 1),
			MMIO_DEVICE_CONFIG - 1);
	expect_service();
}
BOTH_FORMATS(case_22_configuration_bounds_and_widths)

static void configuration_is_read_and_written(void)
{
	uint32_t at = VIRTIO_MMIO_CONFIG + MMIO_DEVICE_CONFIG - 4;

	fresh();
	UNIT_ASSERT_INT(r(at), 0x403f3e3d);
	UNIT_ASSERT_INT(virtio_mmio_device_read(machine, at + 2, 2), 0x403f);
	UNIT_ASSERT_INT(virtio_mmio_device_read(machine, at + 3, 1), 0x40);
	/* Not before FEATURES_OK. */
	w(VIRTIO_MMIO_STATUS, ACKNOWLEDGE | DRIVER);
	w(at, 0);
	UNIT_ASSERT_INT(device.config_writes, 0);
	negotiated(0);
	w(at, 0x11223344);
	virtio_mmio_device_write(machine, at, 1, 0xffffff55);
	virtio_mmio_device_write(machine, at + 2, 2, 0xffff6677);
	UNIT_ASSERT_INT(r(at), 0x66773355);
	UNIT_ASSERT_INT(device.config_writes, 3);
	UNIT_ASSERT_INT(device.strays, 0);
	/* Nor from a driver that has failed, nor from one in reset. */
	w(VIRTIO_MMIO_STATUS, FAILED);
	w(at, 0);
	UNIT_ASSERT_INT(device.config_writes, 3);
	negotiated(0);
	device.silent = true;
	w(VIRTIO_MMIO_STATUS, 0);
	w(at, 0);
	UNIT_ASSERT_INT(device.config_writes, 0);
	device.silent = false;
	virtio_mmio_device_reset_done(machine);
	expect_recovery(0);
}

static void case_20_configuration_generation(uint64_t format)
{
	uint32_t generation;

	guest_up(format);
	generation = r(VIRTIO_MMIO_CONFIG_GENERATION);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_CONFIG_GENERATION), generation);
	virtio_mmio_device_config_changed(machine);
	CU_ASSERT_TRUE(r(VIRTIO_MMIO_CONFIG_GENERATION) != generation);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_INTERRUPT_STATUS),
			VIRTIO_MMIO_INT_CONFIG);
	w(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_CONFIG);
	generation = r(VIRTIO_MMIO_CONFIG_GENERATION);
	/* It goes on over a reset, in which no interrupt comes. */
	w(VIRTIO_MMIO_STATUS, 0);
	UNIT_ASSERT_INT(r(VIRTIO_MMIO_CONFIG_GENERATION), generation);
	virtio_mmio_device_config_changed(machine);
	CU_ASSERT_TRUE(r(VIRTIO_MMIO_CONFIG_GENERATION) != generation);
	CU_ASSERT_FALSE(virtio_mmio_device_interrupts(machine));
	expect_recovery(format);
}
BOTH_FORMATS(case_20_configuration_generation)

static const struct unit_test tests[] = {
	UNIT_TEST(identity),
	UNIT_TEST(owner_mistakes_and_hostile_offers),
	BOTH_TESTS(case_22_queue_selector_out_of_range),
	BOTH_TESTS(case_22_queue_absent),
	BOTH_TESTS(case_22_wrong_widths_of_registers),
	BOTH_TESTS(case_22_unknown_misaligned_and_one_way_offsets),
	BOTH_TESTS(case_22_configuration_bounds_and_widths),
	UNIT_TEST(configuration_is_read_and_written),
	BOTH_TESTS(case_20_configuration_generation),
};

UNIT_MAIN("virtio_mmio_device", tests)
