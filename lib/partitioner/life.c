/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lives of compartments: the operations of lib/compartment's lifecycle,
 * carried out by a hart that has left its compartment and runs in the
 * firmware's mode, on the firmware's stack.
 */
#include <compartment/devicetree.h>
#include <libfdt_env.h>
#include <partitioner/arch.h>
#include <virtio/mmio.h>
#include "present.h"
#include "present_uart.h"

#define STOP_TIMEOUT_US		1000000
#define STOP_POLL_US		20

/* How long a device may take for a reset. */
#define RESET_TIMEOUT_US		1000000
#define RESET_POLL_US		10

static const struct model_compartment *compartment_get(unsigned int id)
{
	return &partitioner.model.compartments[id];
}

/* Commands the harts that are not stopped yet to stop; how many there are. */
static unsigned int harts_stop(const struct model_compartment *c)
{
	unsigned int i, running = 0;

	for (i = 0; i < c->hart_count; i++) {
		if (c->harts[i] == arch_hart_this()->id ||
		    arch_hart_is_stopped(c->harts[i]))
			continue;
		running++;
		if (arch_hart_is_started(c->harts[i]))
			hart_command(arch_hart_find(c->harts[i]),
				     HART_COMMAND_STOP);
	}
	return running;
}

static bool life_wait_stopped(void *ctx, unsigned int id)
{
	unsigned long waited;

	(void)ctx;
	for (waited = 0; waited < STOP_TIMEOUT_US; waited += STOP_POLL_US) {
		if (!harts_stop(compartment_get(id))) {
			partitioner.partitions[id].stopped = true;
			return true;
		}
		/* One of them may be waiting for this hart's fence. */
		arch_hart_serve();
		arch_delay_us(STOP_POLL_US);
	}
	partitioner_print("%s: a hart did not stop within %u ms",
		   compartment_get(id)->name, STOP_TIMEOUT_US / 1000);
	return false;
}

static bool virtio_reset(uint64_t regs)
{
	unsigned long waited;

	arch_device_write(regs + VIRTIO_MMIO_STATUS, 0);
	for (waited = 0; waited < RESET_TIMEOUT_US; waited += RESET_POLL_US) {
		if (!arch_device_read(regs + VIRTIO_MMIO_STATUS))
			return true;
		arch_delay_us(RESET_POLL_US);
	}
	return false;
}

/* Every way to reset that the checker knows is a case here. */
static bool device_rest(const struct model_device *device)
{
	switch (device->reset) {
	case DEVICE_RESET_UNKNOWN:
		return false;
	case DEVICE_RESET_NONE_NEEDED:
		return true;
	case DEVICE_RESET_VIRTIO_MMIO:
		return virtio_reset(device->regs[0].base);
	}
	return false;
}

static bool life_quiesce_devices(void *ctx, unsigned int id)
{
	const struct model *model = &partitioner.model;
	bool quiet = true;
	unsigned int i;

	(void)ctx;
	for (i = 0; i < model->device_count; i++) {
		const struct model_device *device = &model->devices[i];

		if (device->owner != id || device_rest(device))
			continue;
		partitioner_print("%s: %s does not come to rest",
			   compartment_get(id)->name, device->path);
		quiet = false;
	}
	if (quiet && partitioner.partitions[id].stopped)
		present_channel_server_down(id);
	if (present_channel_quiesce(id))
		return quiet;
	partitioner_print("%s: a server of its channels does not come to rest",
			  compartment_get(id)->name);
	return false;
}

static void life_clear_interrupts(void *ctx, unsigned int id)
{
	(void)ctx;
	arch_clear_interrupts(id);
}

static void life_clear_doorbells(void *ctx, unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	unsigned int i;

	(void)ctx;
	doorbell_reset(&partitioner.doorbell, id);
	present_uart_reset(id);
	/* What was commanded to a hart that is stopped is for nobody. */
	for (i = 0; i < c->hart_count; i++)
		__atomic_store_n(&arch_hart_find(c->harts[i])->commands, 0,
				 __ATOMIC_RELAXED);
}

static void life_tell_peers(void *ctx, unsigned int id)
{
	(void)ctx;
	doorbell_notify_peers(&partitioner.doorbell, id);
}

/* One of the bundle's to `base`, where `room` bytes are free for it. */
static bool image_load(const struct model_compartment *c, const char *what,
		       const char *name, uint64_t base, uint64_t room)
{
	struct compartment_report report = { .line = partitioner_print_line };
	struct bundle_image image;

	if (bundle_find_image(&partitioner.bundle, name, &image, &report))
		return false;
	if (image.size > room) {
		partitioner_print("%s: its %s does not fit", c->name, what);
		return false;
	}
	guest_memory_copy(base, image.data, image.size);
	/* Verified where it will run, so that nothing can come in between. */
	return !bundle_verify_copy(&image, (const void *)base, &report);
}

/*
 * The tree is made where no guest writes: libfdt goes by offsets that it reads
 * back, and a server to which this memory is granted runs meanwhile. Who waits
 * for the lock has left its compartment, as who holds it has, and waits for one
 * tree of each other compartment at most.
 */
static bool tree_load(unsigned int id)
{
	static uint8_t buffer[MODEL_TREE_SIZE] __attribute__((aligned(8)));
	static struct port_lock lock;
	int size;

	port_lock_acquire(&lock);
	size = devicetree_build(&partitioner.model, id, buffer, sizeof(buffer));
	if (size <= 0) {
		port_lock_release(&lock);
		partitioner_print("%s: its device tree does not fit in %u KiB",
				  compartment_get(id)->name,
				  MODEL_TREE_SIZE >> 10);
		return false;
	}
	guest_memory_copy(partitioner_get_tree(id), buffer, (uint64_t)size);
	port_lock_release(&lock);
	return true;
}

bool life_load(unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	unsigned int i;

	for (i = 0; i < c->memory_count; i++)
		guest_memory_zero(c->memory[i].base, c->memory[i].size);
	if (!image_load(c, "image", c->image, c->memory[0].base,
			c->memory[0].size - MODEL_TREE_SIZE) ||
	    (c->initrd_range.size &&
	     !image_load(c, "initrd", c->initrd, c->initrd_range.base,
			 c->initrd_range.size)))
		return false;
	if (!tree_load(id))
		return false;
	for (i = 0; i < c->memory_count; i++)
		arch_memory_publish(c->memory[i].base, c->memory[i].size);
	return true;
}

static bool life_reload(void *ctx, unsigned int id)
{
	(void)ctx;
	return life_load(id);
}

static bool life_start(void *ctx, unsigned int id)
{
	(void)ctx;
	arch_compartment_grant(id);
	partitioner.partitions[id].stopped = false;
	/* Before it runs: what it rings at once is heard. */
	present_channel_server_up(id);
	if (arch_hart_start(compartment_get(id)->boot_hart,
			    partitioner_get_entry(id),
			    partitioner_get_tree(id)))
		return true;
	/* Nothing of it ran: its clients wait for nobody. */
	present_channel_server_down(id);
	return false;
}

static void summary_print(void)
{
	static const char *const outcomes[] = {
		[COMPARTMENT_STATE_LOADED] = "not started",
		[COMPARTMENT_STATE_RUNNING] = "running",
		[COMPARTMENT_STATE_RESTARTING] = "restarting",
		[COMPARTMENT_STATE_ENDED] = "ended in good order",
		[COMPARTMENT_STATE_FAILED] = "FAILED",
	};
	unsigned int id;

	partitioner_print("summary");
	for (id = 0; id < partitioner.model.compartment_count; id++) {
		uint64_t life = lifecycle_read(&partitioner.partitions[id].life);

		partitioner_print("  %s: %s; starts %lu, %lu firmware entries, %lu doorbells rung",
				  compartment_get(id)->name,
				  outcomes[life & COMPARTMENT_STATE_MASK],
				  (unsigned long)(life >>
						  COMPARTMENT_STARTS_SHIFT),
				  (unsigned long)hart_sum(id,
					COMPARTMENT_COUNTER_ENTRIES),
				  (unsigned long)hart_sum(id,
					COMPARTMENT_COUNTER_RINGS));
	}
}

static void life_ended(void *ctx, unsigned int id, bool failed)
{
	(void)ctx;
	present_channel_ended(id);
	terminal_flush(id);
	partitioner_print("%s %s", compartment_get(id)->name,
		   failed ? "has failed" : "has shut down");
	if (failed)
		__atomic_fetch_add(&partitioner.failed, 1, __ATOMIC_RELAXED);
	if (__atomic_sub_fetch(&partitioner.alive, 1, __ATOMIC_ACQ_REL))
		return;
	summary_print();
	failed = __atomic_load_n(&partitioner.failed, __ATOMIC_RELAXED);
	partitioner_print("%s, powering off",
		   failed ? "FAILED" : "all compartments ended in good order");
	arch_power_off(failed);
}

static const struct lifecycle_ops life_ops = {
	.wait_stopped = life_wait_stopped,
	.quiesce_devices = life_quiesce_devices,
	.clear_interrupts = life_clear_interrupts,
	.clear_doorbells = life_clear_doorbells,
	.tell_peers = life_tell_peers,
	.load = life_reload,
	.start = life_start,
	.ended = life_ended,
};

enum lifecycle_goal life_get_goal(unsigned int id, bool again, bool failed)
{
	if (again && compartment_get(id)->restart == MODEL_RESTART_ALWAYS)
		return LIFECYCLE_RESTART;
	return failed ? LIFECYCLE_FAIL : LIFECYCLE_END;
}

void life_request(enum lifecycle_goal goal)
{
	struct hart *h = arch_hart_this();
	struct partition *partition = &partitioner.partitions[h->compartment];

	if (lifecycle_begin(&partition->life, goal)) {
		h->coordinates = h->compartment;
		/* Pairs with the addition in life_begin_start(). */
		while (__atomic_load_n(&partition->starting, __ATOMIC_SEQ_CST))
			port_relax();
		arch_compartment_withdraw(h->compartment);
		harts_stop(compartment_get(h->compartment));
	}
	arch_hart_stop();
}

bool life_leave(void)
{
	struct hart *h = arch_hart_this();
	int id = h->coordinates;

	if (id == COMPARTMENT_NONE)
		return false;
	h->coordinates = COMPARTMENT_NONE;
	arch_guest_leave();
	lifecycle_finish(&partitioner.partitions[id].life, &life_ops, NULL, id);
	return true;
}

bool life_begin_start(unsigned int id)
{
	struct partition *partition = &partitioner.partitions[id];

	/* Pairs with the barrier in life_request(): one sees the other. */
	__atomic_fetch_add(&partition->starting, 1, __ATOMIC_SEQ_CST);
	return !lifecycle_is_ending(&partition->life);
}

void life_end_start(unsigned int id)
{
	__atomic_fetch_sub(&partitioner.partitions[id].starting, 1,
			   __ATOMIC_RELEASE);
}
