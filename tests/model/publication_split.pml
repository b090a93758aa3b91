/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publication in the split ring (VirtIO 1.2, 2.7.13.3, 2.7.14) under the weak
 * memory of memory.pml: who sees an index sees what was written before it, in
 * both directions, over and over.
 *
 * Mirrors, of lib/virtio:
 *	virtq_split_add_chain()			the driver's store of a request
 *	virtq_split_expose_avail()		release of avail.idx
 *	split_refill() of the device		acquire of avail.idx
 *	virtq_split_write_used()		the device's store of a reply
 *	virtq_split_expose_used()		release of used.idx
 *	split_refill() of the driver		acquire of used.idx
 *
 * A request stands for descriptors, ring entry and payload, a reply for the
 * used entry and what the device wrote; each is a number that says which one it
 * should be, so anything stale, or too new, is noticed. Each side may load what
 * it was given late: a slot that is given back must have been read.
 *
 * Abstracted: in order, NUM slots; numbers wrap at INDICES; nobody sleeps.
 */
#define NUM 2
#define INDICES 4

/* Requests at 0 to NUM - 1, replies behind them. */
#define REPLIES		(NUM)
#define AVAIL_IDX	(2 * NUM)
#define USED_IDX	(2 * NUM + 1)
#define LOCATIONS	(2 * NUM + 2)
#define BUFFER_SIZE	(NUM + 2)
#define LATE_LOADS
#include "memory.pml"

#define AHEAD(from, to) (((to) + INDICES - (from)) % INDICES)

/* What number @index has: never that of the slot's last one. */
#define NUMBER(index) ((index) + 1)

#ifdef WITHOUT_RELEASE_AVAIL
#define RELEASE_AVAIL port_store
#else
#ifdef RELEASE_AVAIL_OF_STORES
#define RELEASE_AVAIL port_store_release_stores
#else
#define RELEASE_AVAIL port_store_release
#endif
#endif
#ifdef WITHOUT_RELEASE_USED
#define RELEASE_USED port_store
#else
#ifdef RELEASE_USED_OF_STORES
#define RELEASE_USED port_store_release_stores
#else
#define RELEASE_USED port_store_release
#endif
#endif
#ifdef WITHOUT_ACQUIRE_AVAIL
#define ACQUIRE_AVAIL port_load
#else
#define ACQUIRE_AVAIL port_load_acquire
#endif
#ifdef WITHOUT_ACQUIRE_USED
#define ACQUIRE_USED port_load
#else
#define ACQUIRE_USED port_load_acquire
#endif

proctype driver()
{
	byte avail, used, cached, exposed;

	do
	:: AHEAD(used, avail) < NUM -> atomic {
		port_store(DRIVER, avail % NUM, NUMBER(avail));
		avail = (avail + 1) % INDICES
	   }
	:: atomic {
		avail != exposed ->
		exposed = avail;
		RELEASE_AVAIL(DRIVER, AVAIL_IDX, avail)
	   }
	:: used == cached && used != exposed ->
		ACQUIRE_USED(DRIVER, USED_IDX, cached)
	:: used != cached -> atomic {
		load_late(DRIVER, REPLIES + used % NUM, NUMBER(used));
		used = (used + 1) % INDICES
	   }
	od
}

proctype device()
{
	byte avail, used, cached, exposed;

	do
	:: avail == cached -> ACQUIRE_AVAIL(DEVICE, AVAIL_IDX, cached)
	:: avail != cached -> atomic {
		load_late(DEVICE, avail % NUM, NUMBER(avail));
		avail = (avail + 1) % INDICES
	   }
	:: used != avail -> atomic {
		port_store(DEVICE, REPLIES + used % NUM, NUMBER(used));
		used = (used + 1) % INDICES
	   }
	:: atomic {
		used != exposed ->
		exposed = used;
		RELEASE_USED(DEVICE, USED_IDX, used)
	   }
	od
}

init {
	atomic {
		run driver();
		run device()
	}
}
