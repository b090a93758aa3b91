/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cases 30 and 37 on the doorbell: every link number there is, pending pages
 * and target harts that are not the caller's, the firmware's own bit.
 */
#include <common/bell.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/memory.h>
#include "board.h"
#include "calls.h"
#include "hostile.h"

#define LINK_SCAN	4096

static void doorbell_try(const char *what, long expected,
			 unsigned long function, unsigned long a0,
			 unsigned long a1, unsigned long a2, unsigned long a3)
{
	attempt(firmware_call(DOORBELL_EID, function, a0, a1, a2, a3, NULL) ==
		expected, what, a0);
}

static void doorbell_try_link(unsigned long link)
{
	unsigned long page = (unsigned long)bell_page;
	long bad = CALL_ERR_INVALID_PARAM;

	doorbell_try("peer of", bad, DOORBELL_FID_GET_PEER, link, 0, 0, 0);
	doorbell_try("mask of", bad, DOORBELL_FID_SET_MASK, link, 0, 0, 0);
	doorbell_try("ring", bad, DOORBELL_FID_RING, link, 1, 0, 0);
	doorbell_try("ring", bad, DOORBELL_FID_RING, link, ~0UL, 0, 0);
	doorbell_try("ring", bad, DOORBELL_FID_RING, link, 0, 0, 0);
	if (link == DOORBELL_LINK_ALL)
		return;
	doorbell_try("register", bad, DOORBELL_FID_REGISTER, link, page,
		     hart_get_id(), 0);
	doorbell_try("unregister", bad, DOORBELL_FID_UNREGISTER, link, 0, 0, 0);
}

static void doorbell_links(unsigned long count)
{
	attempt_begin("doorbell: links of others");
	for (unsigned long link = count; link < LINK_SCAN; link++)
		doorbell_try_link(link);
	for (unsigned int bit = 12; bit < 64; bit++) {
		doorbell_try_link(1UL << bit);
		/* Own numbers in the low half: a truncated check passes. */
		if (bit >= 32)
			doorbell_try_link(1UL << bit | (count ? count - 1 : 0));
	}
	doorbell_try_link(~0UL - 1);
	doorbell_try_link(~0UL);
	attempt_end();
}

static void doorbell_pages(void)
{
	unsigned long own = (unsigned long)bell_page;
	unsigned long hart = hart_get_id();
	long bad = CALL_ERR_INVALID_ADDRESS;

	attempt_begin("doorbell: pending pages outside own memory");
	for (unsigned int i = 0; i < map_sample_count; i++) {
		if (!map_is_granted(map_samples[i], 1))
			doorbell_try("page", bad, DOORBELL_FID_REGISTER,
				     DOORBELL_LINK_ALL, map_samples[i], hart,
				     0);
	}
	for (unsigned int bit = 0; bit < 12; bit++)
		doorbell_try("misaligned page", bad, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, own + (1UL << bit), hart, 0);
	for (unsigned int i = 0; i < tree.window_count; i++)
		doorbell_try("page in a window", bad, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, tree.windows[i].reg.base, hart,
			     0);
	for (unsigned int i = 0; i < tree.device_count; i++)
		doorbell_try("page of a device", bad, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, tree.devices[i].reg.base, hart,
			     0);
	attempt_end();
}

static void doorbell_try_delivery(const char *what, unsigned long delivery)
{
	doorbell_try(what, CALL_ERR_INVALID_PARAM, DOORBELL_FID_REGISTER,
		     DOORBELL_LINK_ALL, (unsigned long)bell_page,
		     hart_get_id(), delivery);
}

static void doorbell_targets(void)
{
	unsigned long own = (unsigned long)bell_page;
	const struct tree_hart *self = tree_find_hart(&tree, hart_get_id());
	long bad = CALL_ERR_INVALID_PARAM;

	attempt_begin("doorbell: foreign harts and bad identities");
	for (unsigned long hart = 0; hart < CALLS_HARTS; hart++) {
		if (tree_find_hart(&tree, hart))
			continue;
		doorbell_try("hart", bad, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, own, hart, 0);
		doorbell_try("hart", bad, DOORBELL_FID_REGISTER,
			     DOORBELL_LINK_ALL, own, hart, 1);
	}
	doorbell_try("hart ~0", bad, DOORBELL_FID_REGISTER, DOORBELL_LINK_ALL,
		     own, ~0UL, 0);
	doorbell_try("hart + 2^32", bad, DOORBELL_FID_REGISTER,
		     DOORBELL_LINK_ALL, own, self->id | 1UL << 32, 0);
	calls_visit_deliveries(self, doorbell_try_delivery);
	attempt_end();
}

static void doorbell_bits(unsigned long count)
{
	if (!count)
		return;
	attempt_begin("doorbell: the firmware's bit");
	for (unsigned long link = 0; link < count; link++) {
		doorbell_try("ring", CALL_ERR_INVALID_PARAM, DOORBELL_FID_RING,
			     link, 1UL << DOORBELL_BIT_PEER, 0, 0);
		doorbell_try("ring", CALL_ERR_INVALID_PARAM, DOORBELL_FID_RING,
			     link, ~0UL, 0, 0);
	}
	attempt_end();
}

void doorbell_run(void)
{
	unsigned long count;

	if (firmware_call(DOORBELL_EID, DOORBELL_FID_GET_COUNT, 0, 0, 0, 0,
			  &count))
		count = 0;
	doorbell_links(count);
	doorbell_pages();
	doorbell_targets();
	doorbell_bits(count);
}
