/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest payload: an operating system as others write them. It knows
 * virtio-mmio, a 16550 and the interrupt controller from its device tree, and
 * nothing of channels, doorbells or who serves its disks.
 *
 * Ownership: all memory is taken once, at the start, and never given back;
 * what devices reach comes from the pool that the tree names for them, or from
 * the compartment's own memory if it names none.
 * Concurrency: one hart runs all of it; it waits for a device in wfi, and spins
 * where a wait is bounded by a time.
 * Trust: the device is believed as far as its kind is: what it refuses, or
 * garbles, is an error of that test.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <common/tree.h>
#include <virtio/blk.h>
#include <virtio/driver.h>
#include <virtio/mmio_driver.h>

#define GUEST_DISKS_MAX		2
#define GUEST_DEPTH		16	/* requests in flight, a power of two */
#define GUEST_REQUEST_BYTES	16384U	/* of data, at most */

/* Header and status of a request, as the device reaches them. */
struct guest_wire {
	struct virtio_blk_req_header header;
	uint8_t status;
} __attribute__((aligned(32)));

struct guest_disk {
	const struct tree_device *device;
	struct virtio_mmio mmio;
	struct virtq_driver virtq;
	struct tree_range pool;		/* what is left; size 0: own memory */
	void *ring;
	struct virtq_driver_slot *slots;
	struct guest_wire *wires;	/* GUEST_DEPTH */
	unsigned char *data;		/* of each GUEST_REQUEST_BYTES */
	uint16_t queue_size;
	uint64_t size;			/* bytes */
	uint64_t interrupts;
	/* VIRTIO_MMIO_INT_* that were seen */
	uint32_t causes;
};

/* ---- disk.c: the driver ---- */

/* Whether a virtio-mmio register file with a device behind it is there. */
bool guest_disk_is_there(const struct tree_device *device);

/*
 * Binds to a device that is there and takes memory and interrupt. Returns 0 or
 * an enum virtio_error.
 */
int guest_disk_open(struct guest_disk *disk, const struct tree_device *device);

/* Resets and negotiates, up to FEATURES_OK; the queue; DRIVER_OK; all three. */
int guest_disk_negotiate(struct guest_disk *disk);
int guest_disk_set_up(struct guest_disk *disk);
int guest_disk_start(struct guest_disk *disk);

/*
 * Puts a request into slot `slot`, which must be free, with the data in the
 * slot's own buffer; 0, or the enum virtio_error of virtq_driver_add(). The
 * device sees it at guest_disk_kick(), or at a virtq_driver_publish() that does
 * not notify it.
 */
int guest_disk_submit(struct guest_disk *disk, unsigned int slot, uint32_t type,
		      uint64_t offset, uint32_t bytes);
void guest_disk_kick(struct guest_disk *disk);

/*
 * A slot whose request has ended, GUEST_NOTHING or an enum virtio_error; how it
 * ended is in its wire. The other one sleeps until there is one.
 */
#define GUEST_NOTHING	GUEST_DEPTH
int guest_disk_poll(struct guest_disk *disk);
int guest_disk_await(struct guest_disk *disk);

/* Sleeps unless `disk` has work; interrupts of anything end it. */
void guest_disk_sleep(struct guest_disk *disk);

/* One request, in slot 0; returns its status or an enum virtio_error. */
int guest_disk_request(struct guest_disk *disk, uint32_t type, uint64_t offset,
		       uint32_t bytes);
unsigned char *guest_disk_data(struct guest_disk *disk, unsigned int slot);

/* Whether a flush, and a read of the first sectors, work now. */
bool guest_disk_works(struct guest_disk *disk);

/* ---- access.c: what an operating system would not do ---- */

/* Whether the store, or the load, was refused with a fault. */
bool guest_store_faults(uint64_t address, unsigned int width, uint64_t value);
bool guest_load_faults(uint64_t address, unsigned int width, uint64_t *value);
/* The same for an atomic exchange of 32 bits. */
bool guest_swap_faults(uint64_t address, uint32_t value);

static inline uint32_t guest_read(const struct guest_disk *disk,
				  uint32_t offset)
{
	return *(volatile uint32_t *)(uintptr_t)(disk->device->reg.base +
						 offset);
}

static inline void guest_write(const struct guest_disk *disk, uint32_t offset,
			       uint32_t value)
{
	volatile uint32_t *at = (void *)(uintptr_t)(disk->device->reg.base +
						    offset);

	/* Where a store could advance its address, who plays it cannot tell. */
	__asm__ ("" : "+r" (at));
	*at = value;
}

/* ---- The tests; each reports. Their device is open, in any state. ---- */

/* registers.c: every register at its edges. */
void guest_test_registers(struct guest_disk *disk);
/* queue.c: set-up of a queue at its edges. */
void guest_test_queue(struct guest_disk *disk);
/* life.c: status, kicks and resets at their edges. */
void guest_test_life(struct guest_disk *disk, unsigned int resets);
/* work.c: digest, pattern, verification, of all disks at once. */
void guest_test_work(struct guest_disk *disks, unsigned int count,
		     unsigned int rounds);
/* uart.c: the console's UART, if the tree has one. */
void guest_test_uart(void);

/* echo.c: answers lines that somebody types, until one is "quit". */
void guest_echo(void);

/* bench.c: prints `bench: <name> <value> <unit>`; whether that worked. */
bool guest_bench(struct guest_disk *disks, unsigned int count);

#endif
