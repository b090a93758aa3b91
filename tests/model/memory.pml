/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared memory of two sides, as weak as RISC-V and AArch64 may be in what the
 * rings depend on: included by the models that are about ordering. A model
 * defines LOCATIONS before it includes this, and BUFFER_SIZE if it stores more
 * between barriers.
 *
 * Stores: each side has a buffer. They arrive in memory as late as they like,
 * those of different locations in any order, those of one location in the order
 * of the program. A released store arrives when all before it have.
 * Loads: each side has a view of every location, that follows memory whenever
 * it likes, each location for itself: a load may so return what was there long
 * ago, but nothing older than an earlier load of that location did, or than
 * what this side stored there. An acquire brings the whole view up to date
 * *after* its load; the load itself may still return something old.
 * A load may also take place later than it stands in the program (load_late):
 * only a released store and the full barrier wait for it.
 *
 * Nothing here is a process of its own. When a store arrives makes a difference
 * only to a load of its location, so that is when it is decided; and what the
 * view held between two arrivals is decided at the second.
 *
 * The names are those of include/port/port.h; each is one atomic step, and
 * printf() tells the story when spin(1) replays a trail.
 *
 * Abstracted: a location is one byte; only what is marked so loads late, past
 * later stores, one load per side at a time, and a released store waits for it
 * when it is made, not when it arrives; there are two sides only, so none sees
 * a store before a third one does.
 */
#ifndef BUFFER_SIZE
#define BUFFER_SIZE 4
#endif

#define DRIVER 0
#define DEVICE 1
#define AT(side, location) ((side) * LOCATIONS + (location))

mtype = { Device, Driver };	/* 2, 1: numbered from the last */
#define NAME(side) (Driver + (side))
#define OTHER(side) (1 - (side))

byte memory[LOCATIONS];

#ifndef SEQUENTIAL

byte view[2 * LOCATIONS];
byte stored[2 * LOCATIONS];	/* plain stores in the buffer */
byte released[2 * LOCATIONS];	/* released ones */
chan buffer[2] = [BUFFER_SIZE] of { byte, byte, bit };

bool late[2];
byte late_at[2];
byte late_value[2];	/* what it has to find */

byte m_location, m_value;	/* 0 except within a step */
bit m_release;

#define OWN(side, location) \
	(stored[AT(side, location)] || released[AT(side, location)])

/* What was received from the buffer of @side gets into memory. */
inline arrive(side)
{
	if
	:: m_release -> released[AT(side, m_location)]--
	:: else -> stored[AT(side, m_location)]--
	fi;
	if	/* The peer's view takes what is replaced now, or does not. */
	:: !OWN(OTHER(side), m_location) &&
	   view[AT(OTHER(side), m_location)] != memory[m_location] ->
		view[AT(OTHER(side), m_location)] = memory[m_location]
	:: skip
	fi;
	memory[m_location] = m_value;
	printf("\t%d arrives at %d\n", m_value, m_location);
#ifdef LATE_LOADS
	assert(!late[OTHER(side)] || late_at[OTHER(side)] != m_location ||
	       late_value[OTHER(side)] == m_value);
#endif
	m_location = 0;
	m_value = 0;
	m_release = 0
}

/* Some of what @side stored at @location, or all or none of it, arrives. */
inline arrive_some(side, location)
{
	do
	:: released[AT(side, location)] ->
		buffer[side]?m_location, m_value, m_release;
		arrive(side)
	:: !released[AT(side, location)] && stored[AT(side, location)] ->
		buffer[side]??eval(location), m_value, 0;
		m_location = location;
		arrive(side)
	:: break
	od
}

inline arrive_all(side)
{
	do
	:: nempty(buffer[side]) ->
		buffer[side]?m_location, m_value, m_release;
		arrive(side)
	:: empty(buffer[side]) -> break
	od
}

/* Bring the whole view up to date, except for what is on its way out. */
inline see_all(side)
{
	d_step {
		do
		:: m_location < LOCATIONS ->
			if
			:: !OWN(side, m_location) ->
				view[AT(side, m_location)] = memory[m_location]
			:: else
			fi;
			m_location++
		:: else -> break
		od;
		m_location = 0
	}
}

/* The load that was late is done now at the latest. */
inline settle(side)
{
#ifdef LATE_LOADS
	if
	:: late[side] ->
		arrive_some(OTHER(side), late_at[side]);
		late[side] = false;
		late_at[side] = 0;
		late_value[side] = 0
	:: else
	fi
#else
	skip
#endif
}

inline look(side, location)
{
	arrive_some(OTHER(side), location);
	if
	:: !OWN(side, location) &&
	   view[AT(side, location)] != memory[location] ->
		view[AT(side, location)] = memory[location]
	:: skip
	fi
}

inline port_load(side, location, to)
{
	atomic {
		look(side, location);
		to = view[AT(side, location)];
		printf("%e: loads %d from %d\n", NAME(side), to, location)
	}
}

inline port_load_acquire(side, location, to)
{
	atomic {
		look(side, location);
		to = view[AT(side, location)];
		see_all(side);
		printf("%e: loads %d from %d and acquires\n", NAME(side), to,
		       location)
	}
}

/* A load that takes place now or later, and has to find @value. */
inline load_late(side, location, value)
{
	atomic {
		settle(side);
		arrive_some(OTHER(side), location);
		printf("%e: is to find %d in %d, has %d, memory %d\n",
		       NAME(side), value, location, view[AT(side, location)],
		       memory[location]);
		assert(view[AT(side, location)] == value);
		assert(memory[location] == value || OWN(side, location));
		late[side] = true;
		late_at[side] = location;
		late_value[side] = value
	}
}

inline store(side, location, value, release)
{
	if
	:: full(buffer[side]) ->
		buffer[side]?m_location, m_value, m_release;
		arrive(side)
	:: nfull(buffer[side])
	fi;
	buffer[side]!location, value, release;
	view[AT(side, location)] = value
}

inline port_store(side, location, value)
{
	atomic {
		store(side, location, value, 0);
		stored[AT(side, location)]++;
		printf("%e: stores %d at %d\n", NAME(side), value, location)
	}
}

inline port_store_release(side, location, value)
{
	atomic {
		settle(side);
		store(side, location, value, 1);
		released[AT(side, location)]++;
		printf("%e: releases %d at %d\n", NAME(side), value, location)
	}
}

/* No name of port.h: what a barrier of stores alone would be. */
inline port_store_release_stores(side, location, value)
{
	atomic {
		store(side, location, value, 1);
		released[AT(side, location)]++
	}
}

inline port_full_barrier(side)
{
	atomic {
		settle(side);
		arrive_all(side);
		see_all(side);
		printf("%e: full barrier\n", NAME(side))
	}
}

#else /* SEQUENTIAL: a machine without any of this, for long searches */

inline port_load(side, location, to)
{
	to = memory[location]
}

inline port_load_acquire(side, location, to)
{
	to = memory[location]
}

inline load_late(side, location, value)
{
	assert(memory[location] == value)
}

inline port_store(side, location, value)
{
	memory[location] = value
}

inline port_store_release(side, location, value)
{
	memory[location] = value
}

inline port_full_barrier(side)
{
	skip
}

#endif
