/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notification suppression of the split ring (VirtIO 1.2, 2.7.7, 2.7.10), both
 * directions at once: nobody sleeps while there is work, whatever the weak
 * memory of memory.pml does. With EVENT_IDX by event indices, else by flags.
 *
 * Mirrors, of lib/virtio:
 *	virtq_driver_publish(), _expose()	expose(), ask()
 *	virtq_split_expose_avail(), _used()	the released store of the index
 *	virtq_split_device_wants(), _driver_	ask()
 *	virtq_split_enable_callbacks(), with	set_wish() and
 *	`delayed`, and _notifications()		look_and_sleep()
 *	their _disable_				disable()
 *	split_refill() of both sides		the acquire of the peer's index
 * and the two loops at the top of driver.h and device.h.
 *
 * Shown: no deadlock, i.e. no side waits for ever for a notification (the
 * driver waits only with buffers outstanding, the device only when it has
 * looked); and, as progress, that completions never cease to come.
 *
 * Abstracted: what is in the buffers (publication_split.pml has that); indices
 * wrap at INDICES, not 65536, and the ring has NUM entries; the device has
 * nothing to wait for but the driver. A notification is a bit that stays set
 * until it is taken; it orders nothing.
 */
#define NUM 2
#define INDICES 4

#define AVAIL_IDX	0	/* avail.idx */
#define USED_IDX	1	/* used.idx */
#define DRIVER_WISH	2	/* avail.flags, or used_event */
#define DEVICE_WISH	3	/* used.flags, or avail_event */
#define LOCATIONS	4
#include "memory.pml"

bool notified[2];

#define AHEAD(from, to) (((to) + INDICES - (from)) % INDICES)

/* virtq_need_event() */
#define NEED_EVENT(event, new, count) \
	((((new) + 2 * INDICES - (event) - 1) % INDICES) < (count))

/*
 * Steps of one side alone, stores included, are one step up to the next load,
 * barrier or notification: what a peer could see in between it can still see,
 * as a part of the stores that arrives later.
 */

/* Let the peer see @index; what it was not asked about yet adds up. */
inline expose(side, location, index)
{
#ifdef EXPOSE_FORGETS
	unasked = 0;
#endif
	unasked = unasked + AHEAD(exposed, index);
	if
	:: unasked >= INDICES -> unasked = INDICES - 1
	:: else
	fi;
	exposed = index;
	port_store_release(side, location, index)
}

/* After publishing: ask for all that was exposed, and notify. */
inline ask(side, wish_of_peer, barrier)
{
	if
	:: barrier -> port_full_barrier(side)
	:: else
	fi;
	atomic {
		port_load(side, wish_of_peer, wish);
#ifdef EVENT_IDX
		work = NEED_EVENT(wish, exposed, unasked);
#else
		work = !wish;
#endif
		printf("%e: the last %d up to index %d: wanted %d\n",
		       NAME(side), unasked, exposed, work);
		unasked = 0;
		wish = 0
	};
	if
	:: atomic { work -> notified[OTHER(side)] = true; work = false }
	:: else
	fi
}

inline set_wish(side, wish_at, event)
{
#ifdef EVENT_IDX
	port_store(side, wish_at, (event) % INDICES)
#else
	if
	:: suppressed -> suppressed = false; port_store(side, wish_at, 0)
	:: else
	fi
#endif
}

inline disable(side, wish_at)
{
#ifdef EVENT_IDX
	skip	/* the event stays behind, out of the way */
#else
	if
	:: !suppressed -> suppressed = true; port_store(side, wish_at, 1)
	:: else
	fi
#endif
}

/*
 * The second half of enabling, and the sleep: is more than @ahead there? If
 * not, wait. Either way no more notifications then.
 */
inline look_and_sleep(side, wish_at, index_at, mine, ahead, barrier, recheck)
{
	if
	:: barrier -> port_full_barrier(side)
	:: else
	fi;
	atomic {
		port_load(side, index_at, seen);
		work = recheck && AHEAD(mine, seen) > ahead;
		printf("%e: looks again from %d, finds %d: work %d\n",
		       NAME(side), mine, seen, work);
		seen = 0;
		ahead = 0
	};
	if
	:: atomic { work -> work = false; disable(side, wish_at) }
	:: atomic {
		!work && notified[side] ->
		notified[side] = false;
		printf("%e: wakes\n", NAME(side));
		disable(side, wish_at)
	   }
	fi
}

#include "barriers.pml"

proctype driver()
{
	byte avail, used, exposed, unasked, seen, wish, ahead;
	bool suppressed, work, took;

	do
	::	atomic {
			/* Add some; it may expose some of them early. */
			do
			:: AHEAD(used, avail) < NUM ->
				avail = (avail + 1) % INDICES
			:: avail != exposed ->
				expose(DRIVER, AVAIL_IDX, avail)
			:: avail == exposed && unasked -> break
			od
		};
		if
		:: unasked -> ask(DRIVER, DEVICE_WISH, DRIVER_PUBLISH_BARRIER)
		:: else
		fi;
		/* Take what there is; sleep for more, or go on adding. */
		do
		:: AHEAD(used, avail) < NUM -> break
		:: avail != used ->
			atomic {
				port_load_acquire(DRIVER, USED_IDX, seen);
				took = seen != used;
				used = seen;
				seen = 0;
#ifdef EVENT_IDX
				if	/* enable_callbacks_delayed() or not */
				:: ahead = AHEAD(used, exposed) * 3 / 4
				:: skip
				fi;
#endif
				if
				:: used != avail ->
					set_wish(DRIVER, DRIVER_WISH, used + ahead)
				:: else
				fi
			};
			if
			:: took ->
progress:			took = false
			:: else
			fi;
			if
			:: used == avail -> ahead = 0; break
			:: else
			fi;
			look_and_sleep(DRIVER, DRIVER_WISH, USED_IDX, used,
				       ahead, DRIVER_ENABLE_BARRIER,
				       DRIVER_RECHECK)
		od
	od
}

proctype device()
{
	byte index;	/* of what is popped and, at once, pushed */
	byte exposed, unasked, seen, wish, ahead;
	bool suppressed, work;

	do
	::	atomic {
			port_load_acquire(DEVICE, AVAIL_IDX, seen);
			/* Serve some, one at least, as the budget allows; it
			 * may expose some of them early. */
			do
			:: index != seen -> index = (index + 1) % INDICES
			:: index != exposed ->
				expose(DEVICE, USED_IDX, index)
#ifdef SERVE_NOTHING
			:: index == exposed -> break
#endif
			:: index == exposed && (index == seen || unasked) ->
				break
			od;
			seen = 0
		};
		if
		:: unasked -> ask(DEVICE, DRIVER_WISH, DEVICE_PUBLISH_BARRIER)
		:: else
		fi;
		atomic { set_wish(DEVICE, DEVICE_WISH, index) };
		look_and_sleep(DEVICE, DEVICE_WISH, AVAIL_IDX, index, ahead,
			       DEVICE_ENABLE_BARRIER, DEVICE_RECHECK)
	od
}

init {
	atomic {
		run driver();
		run device()
	}
}
