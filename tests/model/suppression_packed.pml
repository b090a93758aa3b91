/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notification suppression of the packed ring (VirtIO 1.2, 2.8.10, 2.8.21.3,
 * 2.8.22), both directions, under the weak memory of memory.pml: nobody sleeps
 * while there is work. With EVENT_IDX by offsets with wrap counters
 * (DESC), else by ENABLE and DISABLE.
 *
 * Mirrors, of lib/virtio:
 *	virtq_driver_publish(), _expose()	expose(), ask()
 *	virtq_packed_expose_avail(), _used()	the head's flags, released last
 *	packed_write()				write_flags()
 *	packed_wants()				ask()
 *	packed_set_wish()			set_wish()
 *	virtq_packed_enable_callbacks(), with	ask_for() and
 *	`delayed`, and _notifications()		look_and_sleep()
 *	packed_advance()			advance()
 * and the two loops at the top of driver.h and device.h.
 *
 * Shown: no deadlock, i.e. no side waits for ever for a notification; and, as
 * progress, that completions never cease to come. off_wrap and flags of an
 * event structure are stored, and loaded, with no order between them, as the
 * code does: the look after the barrier makes up for it. A chain of two
 * descriptors is given back by one, so offsets jump over events.
 *
 * Abstracted: what is in the descriptors but the two flags
 * (publication_packed.pml has that), so the length of a chain is read from
 * where the driver noted it; chains are used in order; NUM descriptors; the
 * arithmetic of events wraps at SPAN, not 65536. A notification is a bit that
 * stays set until it is taken; it orders nothing.
 */
#ifndef NUM
#define NUM 2
#endif
#define SPAN 8

/* The descriptors' flags are at 0 to NUM - 1. */
#define DRIVER_OFF	(NUM)		/* driver_event->off_wrap */
#define DRIVER_FLAGS	(NUM + 1)	/* driver_event->flags */
#define DEVICE_OFF	(NUM + 2)
#define DEVICE_FLAGS	(NUM + 3)
#define LOCATIONS	(NUM + 4)
#define BUFFER_SIZE	(NUM + 2)
#include "memory.pml"

/* A descriptor's flags: AVAIL is bit 0, USED is bit 1. */
#define AVAILABLE(lap)	((lap) -> 1 : 2)
#define USED(lap)	((lap) -> 3 : 0)
#define ENABLE	0
#define DISABLE	1
#define DESC	2
#define WRAP	SPAN

/* To keep the search small, ONLY one side suppresses notifications; the other
 * one is always notified. */
#ifndef ONLY
#define SUPPRESSES(side) true
#else
#define SUPPRESSES(side) ((side) == ONLY)
#endif

bool notified[2];
byte chain[NUM];	/* descriptors of the chain that begins here */

/*
 * Steps of one side alone, stores included, are one step up to the next load,
 * barrier or notification: what a peer could see in between it can still see,
 * as a part of the stores that arrives later.
 */

inline advance(offset, lap, count)
{
	offset = offset + count;
	if
	:: offset >= NUM -> offset = offset - NUM; lap = !lap
	:: else
	fi
}

/* The first flags since the last expose are kept back, the others are not. */
inline write_flags(side, offset, flags)
{
	if
	:: unexposed -> port_store(side, offset, flags)
	:: else -> head = offset; head_flags = flags
	fi
}

/* Let the peer see all that; what it was not asked about yet adds up. */
inline expose(side)
{
	port_store_release(side, head, head_flags);
#ifdef EXPOSE_FORGETS
	unasked = 0;
#endif
	unasked = unasked + unexposed;
	if
	:: unasked >= SPAN -> unasked = SPAN - 1
	:: else
	fi;
	unexposed = 0;
	head = 0;
	head_flags = 0
}

/* virtq_need_event(), its event on this lap or the one before */
#define NEED_EVENT(event, offset, lap, count) \
	(((offset) + 2 * SPAN - ((event) % WRAP) - 1 + \
	  (((event) / WRAP) == (lap) -> 0 : NUM)) % SPAN < (count))

/* After publishing: ask for all that was exposed, and notify. */
inline ask(side, peer_off, peer_flags, offset, lap, barrier)
{
	if
	:: barrier -> port_full_barrier(side)
	:: else
	fi;
	atomic {
		if
		:: SUPPRESSES(OTHER(side)) -> port_load(side, peer_flags, wish)
		:: else
		fi;
		work = wish == ENABLE
	};
	if
	:: atomic {
		wish == DESC ->
		port_load(side, peer_off, wish);
#ifdef WITHOUT_WRAP_COUNTER
		wish = wish % WRAP + lap * WRAP;
#endif
		work = NEED_EVENT(wish, offset, lap, unasked);
		printf("%e: the last %d up to %d of lap %d: event %d, wanted %d\n",
		       NAME(side), unasked, offset, lap, wish, work)
	   }
	:: else
	fi;
	if
	:: atomic {
		work -> notified[OTHER(side)] = true;
		work = false;
		unasked = 0;
		wish = 0
	   }
	:: atomic { !work -> unasked = 0; wish = 0 }
	fi
}

inline set_wish(side, flags_at, flags)
{
	if
	:: SUPPRESSES(side) && my_wish != flags ->
		my_wish = flags;
		port_store(side, flags_at, flags)
	:: else
	fi
}

inline ask_for(side, off_at, flags_at, event)
{
#ifdef EVENT_IDX
	if
	:: SUPPRESSES(side) -> port_store(side, off_at, event)
	:: else
	fi;
	set_wish(side, flags_at, DESC)
#else
	set_wish(side, flags_at, ENABLE)
#endif
}

/*
 * The second half of enabling, and the sleep: is the next descriptor @fresh? If
 * not, wait. Either way no more notifications then.
 */
inline look_and_sleep(side, flags_at, offset, fresh, barrier, recheck)
{
	if
	:: barrier -> port_full_barrier(side)
	:: else
	fi;
	atomic {
		port_load(side, offset, seen);
		work = recheck && seen == fresh;
		printf("%e: looks again at %d, finds %d: work %d\n",
		       NAME(side), offset, seen, work);
		seen = 0
	};
	if
	:: atomic { work -> work = false; set_wish(side, flags_at, DISABLE) }
	:: atomic {
		!work && notified[side] ->
		notified[side] = false;
		printf("%e: wakes\n", NAME(side));
		set_wish(side, flags_at, DISABLE)
	   }
	fi
}

#include "barriers.pml"

proctype driver()
{
	byte avail, used, free = NUM;
	bool avail_lap = 1, used_lap = 1;
	byte head, head_flags, unexposed, unasked, my_wish;
	byte wish, seen, event;
	bool event_lap, work, took;

	do
	::	atomic {
			/* Add chains; it may expose some of them early. */
			do
			:: free ->
				if
				:: free > 1 -> seen = 2
				:: seen = 1
				fi;
				chain[avail] = seen;
				free = free - seen;
				do
				:: seen ->
					write_flags(DRIVER, avail,
						    AVAILABLE(avail_lap));
					unexposed++;
					advance(avail, avail_lap, 1);
					seen--
				:: else -> break
				od
			:: unexposed -> expose(DRIVER)
			:: !unexposed && unasked -> break
			od
		};
		if
		:: unasked ->
			ask(DRIVER, DEVICE_OFF, DEVICE_FLAGS, avail, avail_lap,
			    DRIVER_PUBLISH_BARRIER)
		:: else
		fi;
		/* Take what there is; sleep for more, or go on adding. */
		do
		:: free -> break
		:: free < NUM ->
			atomic {
				port_load_acquire(DRIVER, used, seen);
				took = seen == USED(used_lap);
				if
				:: took ->
					seen = chain[used];
					chain[used] = 0;
					free = free + seen;
					advance(used, used_lap, seen)
				:: else
				fi;
				seen = 0
			};
			if
			:: took && free < NUM ->
progress:			took = false
			:: took && free == NUM ->
progress_2:			took = false; break
			:: else ->
				atomic {
#ifdef EVENT_IDX
					event = used;
					event_lap = used_lap;
					if	/* delayed or not */
					:: advance(event, event_lap,
						   (NUM - free) * 3 / 4)
					:: skip
					fi;
					event = event + event_lap * WRAP;
#endif
					ask_for(DRIVER, DRIVER_OFF,
						DRIVER_FLAGS, event);
					event = 0;
					event_lap = 0
				};
				look_and_sleep(DRIVER, DRIVER_FLAGS, used,
					       USED(used_lap),
					       DRIVER_ENABLE_BARRIER,
					       DRIVER_RECHECK)
			fi
		od
	od
}

proctype device()
{
	byte avail, used;
	bool avail_lap = 1, used_lap = 1;
	byte head, head_flags, unexposed, unasked, my_wish;
	byte wish, seen;
	bool work;

	do
	::	/* Pop and push some, one at least, as the budget allows. */
		do
		:: atomic {
			port_load_acquire(DEVICE, avail, seen);
			work = seen == AVAILABLE(avail_lap);
			if
			:: work ->
				seen = chain[avail];
				advance(avail, avail_lap, seen);
				write_flags(DEVICE, used, USED(used_lap));
				unexposed = unexposed + seen;
				advance(used, used_lap, seen);
				if	/* more? */
				:: work = false
				:: skip
				fi
			:: else
			fi;
			seen = 0;
			if
			:: unexposed && !work -> expose(DEVICE)
			:: else
			fi
		   };
			if
			:: !work -> break
			:: else
			fi
		od;
		if
		:: unasked ->
			ask(DEVICE, DRIVER_OFF, DRIVER_FLAGS, used, used_lap,
			    DEVICE_PUBLISH_BARRIER)
		:: else
		fi;
		atomic {
			ask_for(DEVICE, DEVICE_OFF, DEVICE_FLAGS,
				avail + avail_lap * WRAP)
		};
		look_and_sleep(DEVICE, DEVICE_FLAGS, avail,
			       AVAILABLE(avail_lap), DEVICE_ENABLE_BARRIER,
			       DEVICE_RECHECK)
	od
}

init {
	atomic {
		run driver();
		run device()
	}
}
