/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lives of compartments on RISC-V: the operations of lib/compartment's
 * lifecycle, carried out by a hart that has left its compartment and waits in
 * M-mode on its own stack.
 */
#include <compartment/devicetree.h>
#include <libfdt_env.h>
#include <sbi/riscv_barrier.h>
#include <sbi/riscv_io.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_timer.h>
#include <virtio/mmio.h>
#include "firmware.h"

#define STOP_TIMEOUT_US		1000000
#define STOP_POLL_US		20

#define VIRTIO_RESET_POLLS	100000

static const struct model_compartment *compartment_get(unsigned int id)
{
	return &firmware.model.compartments[id];
}

/* Commands the harts that are not stopped yet to stop; how many there are. */
static unsigned int harts_stop(const struct model_compartment *c)
{
	unsigned int i, running = 0;

	for (i = 0; i < c->hart_count; i++) {
		if (c->harts[i] == current_hartid() ||
		    hart_is_stopped(c->harts[i]))
			continue;
		running++;
		if (hart_is_started(c->harts[i]))
			hart_command(c->harts[i], HART_COMMAND_STOP);
	}
	return running;
}

static bool life_wait_stopped(void *ctx, unsigned int id)
{
	unsigned long waited;

	for (waited = 0; waited < STOP_TIMEOUT_US; waited += STOP_POLL_US) {
		if (!harts_stop(compartment_get(id)))
			return true;
		/* One of them may be waiting for this hart's fence. */
		hart_serve();
		sbi_timer_udelay(STOP_POLL_US);
	}
	sbi_printf("bulkhead: %s: a hart did not stop within %u ms\n",
		   compartment_get(id)->name, STOP_TIMEOUT_US / 1000);
	return false;
}

static bool virtio_reset(char *regs)
{
	unsigned int i;

	writel(0, regs + VIRTIO_MMIO_STATUS);
	for (i = 0; i < VIRTIO_RESET_POLLS; i++)
		if (!readl(regs + VIRTIO_MMIO_STATUS))
			return true;
	return false;
}

/* Every way to reset that the checker knows is a case here. */
static bool device_rest(const struct model_device *device)
{
	char *regs = (char *)device->regs[0].base;

	switch (device->reset) {
	case DEVICE_RESET_UNKNOWN:
		return false;
	case DEVICE_RESET_NONE_NEEDED:
		return true;
	case DEVICE_RESET_VIRTIO_MMIO:
		return virtio_reset(regs);
	case DEVICE_RESET_PLIC:
		irqchip_rest_plic(regs);
		return true;
	case DEVICE_RESET_APLIC:
		irqchip_rest_aplic(regs);
		return true;
	}
	return false;
}

static bool life_quiesce_devices(void *ctx, unsigned int id)
{
	const struct model *model = &firmware.model;
	bool quiet = true;
	unsigned int i;

	for (i = 0; i < model->device_count; i++) {
		const struct model_device *device = &model->devices[i];

		if (device->owner != id || device_rest(device))
			continue;
		sbi_printf("bulkhead: %s: %s does not come to rest\n",
			   compartment_get(id)->name, device->path);
		quiet = false;
	}
	return quiet;
}

static void life_clear_interrupts(void *ctx, unsigned int id)
{
	irqchip_clear_compartment(id);
}

static void life_clear_doorbells(void *ctx, unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	unsigned int i;

	doorbell_reset(&firmware.doorbell, id);
	for (i = 0; i < c->hart_count; i++)
		hart_forget_commands(c->harts[i]);
}

static void life_tell_peers(void *ctx, unsigned int id)
{
	doorbell_notify_peers(&firmware.doorbell, id);
}

bool life_load(unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	struct compartment_report report = { .line = firmware_print_line };
	char *memory = (char *)c->memory[0].base;
	struct bundle_image image;
	unsigned int i;

	for (i = 0; i < c->memory_count; i++)
		memset((void *)c->memory[i].base, 0, c->memory[i].size);
	if (bundle_find_image(&firmware.bundle, c->image, &image, &report) ||
	    image.size > c->memory[0].size - MODEL_TREE_SIZE)
		return false;
	memcpy(memory, image.data, image.size);
	/* Verified where it will run, so that nothing can come in between. */
	if (bundle_verify_copy(&image, memory, &report))
		return false;
	if (devicetree_build(&firmware.model, id,
			     memory + c->memory[0].size - MODEL_TREE_SIZE,
			     MODEL_TREE_SIZE) <= 0) {
		sbi_printf("bulkhead: %s: its device tree does not fit in %u KiB\n",
			   c->name, MODEL_TREE_SIZE >> 10);
		return false;
	}
	return true;
}

static bool life_reload(void *ctx, unsigned int id)
{
	return life_load(id);
}

bool life_start(unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	const struct memory_range *memory = &c->memory[0];

	return !sbi_hsm_hart_start(sbi_scratch_thishart_ptr(), NULL,
				   c->boot_hart, memory->base, PRV_S,
				   memory->base + memory->size -
				   MODEL_TREE_SIZE);
}

static bool life_restart(void *ctx, unsigned int id)
{
	return life_start(id);
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

	sbi_printf("bulkhead: summary\n");
	for (id = 0; id < firmware.model.compartment_count; id++) {
		uint64_t life = lifecycle_read(&firmware.runtime[id].life);

		sbi_printf("bulkhead:   %s: %s; starts %lu, "
			   "%lu firmware entries, %lu doorbells rung\n",
			   compartment_get(id)->name,
			   outcomes[life & COMPARTMENT_STATE_MASK],
			   (unsigned long)(life >> COMPARTMENT_STARTS_SHIFT),
			   (unsigned long)hart_sum(id,
					COMPARTMENT_COUNTER_ENTRIES),
			   (unsigned long)hart_sum(id,
					COMPARTMENT_COUNTER_RINGS));
	}
}

static void life_ended(void *ctx, unsigned int id, bool failed)
{
	console_line_flush(&firmware.runtime[id].line, console_emit);
	sbi_printf("bulkhead: %s %s\n", compartment_get(id)->name,
		   failed ? "has failed" : "has shut down");
	if (failed)
		__atomic_fetch_add(&firmware.failed, 1, __ATOMIC_RELAXED);
	if (__atomic_sub_fetch(&firmware.alive, 1, __ATOMIC_ACQ_REL))
		return;
	summary_print();
	failed = __atomic_load_n(&firmware.failed, __ATOMIC_RELAXED);
	sbi_printf("bulkhead: %s, powering off\n",
		   failed ? "FAILED" : "all compartments ended in good order");
	firmware.board->power_off(failed);
}

static const struct lifecycle_ops life_ops = {
	.wait_stopped = life_wait_stopped,
	.quiesce_devices = life_quiesce_devices,
	.clear_interrupts = life_clear_interrupts,
	.clear_doorbells = life_clear_doorbells,
	.tell_peers = life_tell_peers,
	.load = life_reload,
	.start = life_restart,
	.ended = life_ended,
};

void life_request(enum lifecycle_goal goal)
{
	struct hart *h = hart_this();
	struct compartment_runtime *runtime = &firmware.runtime[h->compartment];

	if (lifecycle_begin(&runtime->life, goal)) {
		h->coordinates = h->compartment;
		/* Pairs with the addition in __wrap_sbi_hsm_hart_start(). */
		while (__atomic_load_n(&runtime->starting, __ATOMIC_SEQ_CST))
			cpu_relax();
		harts_stop(compartment_get(h->compartment));
	}
	sbi_hsm_hart_stop(sbi_scratch_thishart_ptr(), true);
}

void life_finish(unsigned int id)
{
	guest_memory_leave();
	lifecycle_finish(&firmware.runtime[id].life, &life_ops, NULL, id);
}
