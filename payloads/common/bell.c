/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/bell.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/irq.h>

static struct {
	bell_handler handler;
	void *context;
} bell_slots[DOORBELL_LINKS_MAX];

static unsigned int bell_links;

uint64_t bell_page[DOORBELL_PAGE_SIZE / sizeof(uint64_t)]
	__attribute__((aligned(DOORBELL_PAGE_SIZE)));

static void bell_handle(void *context)
{
	unsigned int links = bell_links;
	uint64_t bits;

	(void)context;
	for (unsigned int link = 0; link < links; link++) {
		bits = bell_take(link);
		if (bits && bell_slots[link].handler)
			bell_slots[link].handler(bell_slots[link].context, link,
						 bits);
	}
}

long bell_init(bool software)
{
	unsigned long count, delivery;
	long error;

	error = firmware_call(DOORBELL_EID, DOORBELL_FID_GET_COUNT, 0, 0, 0, 0,
			      &count);
	if (error)
		return error;
	if (count > DOORBELL_LINKS_MAX)
		return CALL_ERR_FAILED;
	bell_links = count;
	if (!count)
		return CALL_SUCCESS;
	delivery = irq_connect_doorbell(software, bell_handle, NULL);
	return firmware_call(DOORBELL_EID, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, (unsigned long)bell_page,
			     hart_get_id(), delivery, NULL);
}

int bell_connect(unsigned int link, bell_handler handler, void *context)
{
	if (link >= bell_links)
		return -1;
	bell_slots[link].handler = handler;
	bell_slots[link].context = context;
	return 0;
}

long bell_ring(unsigned int link, uint64_t bits)
{
	/*
	 * Release: pairs with the acquire of the peer's bell_take(), through
	 * the firmware's OR (docs/sbi-doorbell.md, 1, rule 7).
	 */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return firmware_call(DOORBELL_EID, DOORBELL_FID_RING, link, bits, 0, 0,
			     NULL);
}

long bell_set_mask(unsigned int link, uint64_t mask)
{
	return firmware_call(DOORBELL_EID, DOORBELL_FID_SET_MASK, link, mask, 0,
			     0, NULL);
}

long bell_unregister(void)
{
	return firmware_call(DOORBELL_EID, DOORBELL_FID_UNREGISTER,
			     DOORBELL_LINK_ALL, 0, 0, 0, NULL);
}

long bell_get_peer(unsigned int link, enum compartment_state *state,
		   uint64_t *life)
{
	unsigned long value = 0;
	long error = firmware_call(DOORBELL_EID, DOORBELL_FID_GET_PEER, link, 0,
				   0, 0, &value);

	*state = value & COMPARTMENT_STATE_MASK;
	*life = value >> COMPARTMENT_STARTS_SHIFT;
	return error;
}
