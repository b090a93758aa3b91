/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One receiving end of a doorbell (docs/sbi-doorbell.md, 1): two bits, rung by
 * a peer and by the firmware at any time, while the receiver sleeps, takes,
 * masks, moves its page, unregisters, stops its hart or begins a new life.
 *
 * Mirrors, of lib/doorbell/doorbell.c, step by step and with its lock:
 *	end_ring()				ring()
 *	end_register()				register()
 *	end_unregister()			unregister()
 *	doorbell_set_mask()			set_mask()
 *	doorbell_hart_started()			hart_started()
 * of lib/riscv and lib/arm64 arch_deliver(), and of payloads irq_poll() (clears
 * the interrupt, then takes) and bell_take() (an atomic swap with zero).
 *
 * Shown, whenever no call is under way:
 *	no lost wake-up	nobody sleeps with an unmasked bit pending, unless an
 *			interrupt is (rules 1, 2, 3, 4);
 *	no lost bit	what was rung is pending or kept until it is taken or
 *			the life ends (rules 3, 5, 6);
 *	no storm	rings interrupt at most once for each bit between two
 *			takes (rule 1);
 *	no stray write	a page given back is not written to (2.4).
 *
 * Abstracted: two bits, two pages, two who ring; memory is sequential, as the
 * pending word is only ever accessed by ordered read-modify-writes and the rest
 * under the lock (lock.pml); the interrupt is one bit that arrives at once.
 */
#define ALL 3	/* both bits */

byte word[2];	/* one in each of the receiver's pages */
bool open[2];	/* the firmware may write there */
bool page;	/* which is registered, as the firmware knows it */
bool registered, started = true;
byte mask, latched;
bool irq;

/* What is asserted, not what the code has: */
byte owed;	/* rung, not taken */
byte calls;	/* under way, between lock and unlock */
byte storm;	/* interrupts by rings since the last take */
bool asleep;

byte next, owner;	/* the lock's */

/* port_lock_acquire(): a ticket, and waiting for it to be called. */
inline lock()
{
#ifdef WITHOUT_LOCK
	calls++
#else
	atomic { ticket = next; next = (next + 1) % 4 }
	atomic { owner == ticket -> calls++; ticket = 0 }
#endif
}

inline unlock()
{
	atomic { owner = (owner + 1) % 4; calls-- }
}

/* pending_or() */
inline pending_or(at, bits, before)
{
	d_step {
		assert(open[at]);
		before = word[at];
		word[at] = word[at] | (bits)
	}
}

inline deliver()
{
	if
	:: started -> irq = true
	:: else
	fi
}

inline ring(bits)
{
	lock();
	owed = owed | bits;
	if
	:: registered ->
#ifdef DELIVER_FIRST
		if
		:: bits & ~mask & ~word[page] -> deliver()
		:: else
		fi;
#endif
		atomic {
			pending_or(page, bits, fresh);
			fresh = bits & ~fresh;
#ifdef DELIVER_STALE
			fresh = bits;
#endif
			storm = storm + ((fresh & ~mask) -> 1 : 0);
			assert(storm <= 2)
		}
#ifndef DELIVER_FIRST
		if
		:: fresh & ~mask -> deliver()
		:: else
		fi;
#endif
		fresh = 0
	:: else ->
#ifndef WITHOUT_LATCH
		latched = latched | bits
#else
		skip
#endif
	fi;
	unlock()
}

inline register(to)
{
	lock();
	carried = latched;
	if
	:: registered ->
#ifndef WITHOUT_CARRYING
		pending_or(page, 0, before);
		carried = carried | before
#else
		skip
#endif
	:: else
	fi;
	page = to;
	open[to] = true;
	latched = 0;
	registered = true;
	pending_or(page, carried, before);
	carried = carried | before;
#ifndef REGISTER_WITHOUT_DELIVERY
	if
	:: carried & ~mask -> deliver()
	:: else
	fi;
#endif
	carried = 0;
	before = 0;
	unlock()
}

inline unregister(forget)
{
	lock();
	registered = false;
	if
	:: forget -> latched = 0; mask = 0; owed = 0
	:: else
	fi;
	unlock()
}

inline set_mask(new)
{
	lock();
	uncovered = mask & ~new & ALL;
	mask = new;
	if
	:: registered && uncovered ->
		pending_or(page, 0, before);
#ifndef WITHOUT_REDELIVERY
		if
		:: before & uncovered -> deliver()
		:: else
		fi;
#endif
		before = 0
	:: else
	fi;
	uncovered = 0;
	unlock()
}

inline hart_started()
{
#ifndef START_WITHOUT_DELIVERY
	lock();
	if
	:: registered ->
		pending_or(page, 0, before);
		if
		:: before & ~mask -> deliver()
		:: else
		fi;
		before = 0
	:: else
	fi;
	unlock()
#else
	skip
#endif
}

/* bell_take(): of the page that the receiver had registered last. */
inline take()
{
	atomic {
		before = word[mine];
#ifdef TAKE_IN_TWO
	}
	atomic {
#endif
		word[mine] = 0;
		owed = owed & ~before;
		storm = 0;
		before = 0
	}
}

/* The hart stops, and is started again; its interrupts are cleared. */
inline stop()
{
	started = false;
	irq = false
}

inline start()
{
	started = true;
	irq = false;
	hart_started()
}

proctype ringer(byte bits)
{
	byte ticket, fresh;

end:	do
	:: ring(bits)
	od
}

proctype receiver()
{
	byte ticket, carried, before, uncovered, wish;
	bool mine;

	register(mine);
end:	do
	:: asleep = true;
		atomic { irq -> asleep = false }
#ifdef TAKE_FIRST
		take();
		irq = false
#else
		irq = false;
		take()
#endif
	:: wish = 0; set_mask(wish)
	:: wish = 1; set_mask(wish); wish = 0
	:: wish = ALL; set_mask(wish); wish = 0
	:: register(!mine);
		atomic { open[mine] = false; word[mine] = 0; mine = !mine }
	:: unregister(false);
		open[mine] = false;
		take();
		register(mine)
	:: stop(); start()
	:: stop();	/* a new life */
		unregister(true);
		atomic { open[mine] = false; word[mine] = 0; storm = 0 }
		start();
		register(mine)
	od
}

/* Looks on, whenever no call is under way. */
proctype observer()
{
end:	atomic {
		!calls && ((owed & ~(word[page] | latched)) ||
			   (asleep && started && registered && !irq &&
			    (word[page] & ~mask))) ->
		assert(!(owed & ~(word[page] | latched)));	/* lost bit */
		assert(!asleep)					/* or wake-up */
	}
}

init {
	atomic {
		run ringer(1);
		run ringer(2);
		run receiver();
		run observer()
	}
}
