/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publication in the packed ring (VirtIO 1.2, 2.8.21.2, 2.8.22) under the weak
 * memory of memory.pml: who sees a descriptor's flags turn sees the descriptor
 * and all behind it in the batch, in both directions, lap after lap.
 *
 * Mirrors, of lib/virtio:
 *	packed_write() and			the driver: the head's flags are
 *	virtq_packed_expose_avail()		kept back, and released last
 *	virtq_packed_read_avail()		the device's acquire of flags
 *	virtq_packed_write_used() and		as the driver, for what is used
 *	virtq_packed_expose_used()
 *	virtq_packed_read_used()		the driver's acquire of flags
 *
 * A body stands for a descriptor's address, length and id, a payload for the
 * buffer that the device reads: numbers that say what they should be. The
 * device may read a payload late: a buffer given back must have been read.
 *
 * Abstracted: chains of one descriptor, in order; NUM of them; nobody sleeps.
 */
#define NUM 2
#define INDICES 4

/* Flags at 0 to NUM - 1, then bodies, then payloads. */
#define BODIES		(NUM)
#define PAYLOADS	(2 * NUM)
#define LOCATIONS	(3 * NUM)
#define BUFFER_SIZE	(3 * NUM)
#define LATE_LOADS
#include "memory.pml"

#define AHEAD(from, to) (((to) + INDICES - (from)) % INDICES)
#define AVAILABLE(index) (((index) / NUM) % 2 -> 2 : 1)
#define USED(index) (((index) / NUM) % 2 -> 0 : 3)
#define REQUEST(index) ((index) + 1)
#define REPLY(index) ((index) + 1 + INDICES)

#ifdef WITHOUT_RELEASE_AVAIL
#define RELEASE_AVAIL port_store
#else
#define RELEASE_AVAIL port_store_release
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

/* The head's flags come last, or in their turn. */
#ifdef WITHOUT_HEAD_LAST
#define KEPT_BACK(index, exposed) false
#else
#define KEPT_BACK(index, exposed) ((index) == (exposed))
#endif

proctype driver()
{
	byte avail, used, exposed, seen;

	do
	:: AHEAD(used, avail) < NUM -> atomic {
		port_store(DRIVER, PAYLOADS + avail % NUM, REQUEST(avail));
		port_store(DRIVER, BODIES + avail % NUM, REQUEST(avail));
		if
		:: !KEPT_BACK(avail, exposed) ->
			port_store(DRIVER, avail % NUM, AVAILABLE(avail))
		:: else
		fi;
		avail = (avail + 1) % INDICES
	   }
	:: atomic {
		avail != exposed ->
		RELEASE_AVAIL(DRIVER, exposed % NUM, AVAILABLE(exposed));
		exposed = avail
	   }
	:: used != exposed ->
		ACQUIRE_USED(DRIVER, used % NUM, seen);
		if
		:: atomic {
			seen == USED(used) ->
			seen = 0;
			port_load(DRIVER, BODIES + used % NUM, seen);
			assert(seen == REPLY(used));
			used = (used + 1) % INDICES;
			seen = 0
		   }
		:: else -> seen = 0
		fi
	od
}

proctype device()
{
	byte avail, used, exposed, seen;

	do
	:: AHEAD(exposed, avail) < NUM ->
		ACQUIRE_AVAIL(DEVICE, avail % NUM, seen);
		if
		:: atomic {
			seen == AVAILABLE(avail) ->
			seen = 0;
			port_load(DEVICE, BODIES + avail % NUM, seen);
			assert(seen == REQUEST(avail));
			load_late(DEVICE, PAYLOADS + avail % NUM,
				  REQUEST(avail));
			avail = (avail + 1) % INDICES;
			seen = 0
		   }
		:: else -> seen = 0
		fi
	:: used != avail -> atomic {
		port_store(DEVICE, BODIES + used % NUM, REPLY(used));
		if
		:: !KEPT_BACK(used, exposed) ->
			port_store(DEVICE, used % NUM, USED(used))
		:: else
		fi;
		used = (used + 1) % INDICES
	   }
	:: atomic {
		used != exposed ->
		RELEASE_USED(DEVICE, exposed % NUM, USED(exposed));
		exposed = used
	   }
	od
}

init {
	atomic {
		run driver();
		run device()
	}
}
