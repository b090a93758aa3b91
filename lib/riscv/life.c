/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lives of compartments on RISC-V: the operations of lib/compartment's
 * lifecycle, carried out by a hart that has left its compartment and waits in
 * M-mode on its own stack.
 */
#include <compartment/devicetree.h>
#include <libfdt_env.h>
#include <sbi/riscv_io.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_timer.h>
#include "firmware.h"

#define STOP_TIMEOUT_US		1000000
#define STOP_POLL_US		20

/* VirtIO 1.2, 4.2.2 */
#define VIRTIO_MMIO_STATUS	0x070
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

static bool life_quiesce_devices(void *ctx, unsigned int id)
{
	const struct model *model = &firmware.model;
	bool quiet = true;
	unsigned int i;

	for (i = 0; i < model->device_count; i++) {
		const struct model_device *device = &model->devices[i];

		if (device->owner != id ||
		    device->reset != DEVICE_RESET_VIRTIO_MMIO)
			continue;
		if (!virtio_reset((char *)device->regs[0].base)) {
			sbi_printf("bulkhead: %s: %s does not reset\n",
				   compartment_get(id)->name, device->path);
			quiet = false;
		}
	}
	return quiet;
}

static void life_clear_interrupts(void *ctx, unsigned int id)
{
	irqchip_clear_compartment(id);
}

static void life_clear_doorbells(void *ctx, unsigned int id)
{
	doorbell_reset(&firmware.doorbell, id);
}

static void life_tell_peers(void *ctx, unsigned int id)
{
	doorbell_notify_peers(&firmware.doorbell, id);
}

static void report_line(void *context, const char *text)
{
	sbi_printf("bulkhead: %s\n", text);
}

/* Fills one range; the image and the tree go into the first. */
static bool memory_fill(unsigned int id, const struct memory_range *range,
			const struct bundle_image *image)
{
	struct compartment_report report = { .line = report_line };
	char *memory = guest_memory_open(range->base, range->size);
	char *tree = memory + range->size - MODEL_TREE_SIZE;
	bool good = true;

	memset(memory, 0, range->size);
	if (image) {
		memcpy(memory, image->data, image->size);
		good = !bundle_verify_copy(image, memory, &report) &&
		       devicetree_build(&firmware.model, id, tree,
					MODEL_TREE_SIZE) > 0;
	}
	guest_memory_close();
	return good;
}

bool life_load(void *ctx, unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	struct compartment_report report = { .line = report_line };
	struct bundle_image image;
	unsigned int i;

	if (bundle_find_image(&firmware.bundle, c->image, &image, &report) ||
	    image.size > c->memory[0].size - MODEL_TREE_SIZE)
		return false;
	for (i = 0; i < c->memory_count; i++)
		if (!memory_fill(id, &c->memory[i], i ? NULL : &image)) {
			sbi_printf("bulkhead: %s: not loaded\n", c->name);
			return false;
		}
	return true;
}

static bool life_start(void *ctx, unsigned int id)
{
	const struct model_compartment *c = compartment_get(id);
	const struct memory_range *memory = &c->memory[0];

	return !sbi_hsm_hart_start(sbi_scratch_thishart_ptr(), NULL,
				   c->boot_hart, memory->base, PRV_S,
				   memory->base + memory->size -
				   MODEL_TREE_SIZE);
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

		sbi_printf("bulkhead:   %s: %s; started %lu time(s), "
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

const struct lifecycle_ops life_ops = {
	.wait_stopped = life_wait_stopped,
	.quiesce_devices = life_quiesce_devices,
	.clear_interrupts = life_clear_interrupts,
	.clear_doorbells = life_clear_doorbells,
	.tell_peers = life_tell_peers,
	.load = life_load,
	.start = life_start,
	.ended = life_ended,
};

void life_request(enum lifecycle_goal goal)
{
	struct hart *h = hart_this();

	if (lifecycle_begin(&firmware.runtime[h->compartment].life, goal)) {
		h->coordinates = h->compartment;
		harts_stop(compartment_get(h->compartment));
	}
	sbi_hsm_hart_stop(sbi_scratch_thishart_ptr(), true);
}
