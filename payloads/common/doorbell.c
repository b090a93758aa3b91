/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/doorbell.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/irq.h>

static struct {
	doorbell_handler handler;
	void *context;
} doorbell_slots[DOORBELL_LINKS_MAX];

static unsigned int doorbell_links;
static uint64_t doorbell_rings;

uint64_t doorbell_page[DOORBELL_PAGE_SIZE / sizeof(uint64_t)]
	__attribute__((aligned(DOORBELL_PAGE_SIZE)));

static void doorbell_handle(void *context)
{
	uint64_t bits;

	(void)context;
	for (unsigned int link = 0; link < doorbell_links; link++) {
		bits = doorbell_take(link);
		if (bits && doorbell_slots[link].handler)
			doorbell_slots[link].handler(doorbell_slots[link].context,
						     link, bits);
	}
}

long doorbell_init(bool software)
{
	unsigned long count, delivery;
	long error;

	error = firmware_call(DOORBELL_EID, DOORBELL_FID_GET_COUNT, 0, 0, 0, 0,
			      &count);
	if (error)
		return error;
	if (count > DOORBELL_LINKS_MAX)
		return FIRMWARE_FAILED;
	doorbell_links = count;
	if (!count)
		return FIRMWARE_SUCCESS;
	delivery = irq_connect_doorbell(software, doorbell_handle, NULL);
	return firmware_call(DOORBELL_EID, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, (unsigned long)doorbell_page,
			     hart_get_id(), delivery, NULL);
}

int doorbell_connect(unsigned int link, doorbell_handler handler,
		     void *context)
{
	if (link >= doorbell_links)
		return -1;
	doorbell_slots[link].handler = handler;
	doorbell_slots[link].context = context;
	return 0;
}

long doorbell_ring(unsigned int link, uint64_t bits)
{
	__atomic_fetch_add(&doorbell_rings, 1, __ATOMIC_RELAXED);
	/*
	 * Release: pairs with the acquire of the peer's doorbell_take()
	 * through the firmware's OR (docs/sbi-doorbell.md, "Memory ordering").
	 */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return firmware_call(DOORBELL_EID, DOORBELL_FID_RING, link, bits, 0, 0,
			     NULL);
}

uint64_t doorbell_get_rings(void)
{
	return __atomic_load_n(&doorbell_rings, __ATOMIC_RELAXED);
}

long doorbell_get_peer(unsigned int link, enum compartment_state *state,
		       uint64_t *life)
{
	unsigned long value = 0;
	long error = firmware_call(DOORBELL_EID, DOORBELL_FID_GET_PEER, link, 0,
				   0, 0, &value);

	*state = value & COMPARTMENT_STATE_MASK;
	*life = value >> COMPARTMENT_STARTS_SHIFT;
	return error;
}
