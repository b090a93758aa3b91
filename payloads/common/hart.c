/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/hart_data.h>
#include <common/memory.h>
#include <common/tree.h>

extern char boot_stack_top[];

static struct hart_data hart_data[HARTS_MAX];
static char hart_stacks[HARTS_MAX - 1][STACK_SIZE]
	__attribute__((aligned(16)));
static char hart_trap_stacks[HARTS_MAX][TRAP_STACK_SIZE]
	__attribute__((aligned(16)));
static unsigned int hart_count;

static struct hart_data *hart_add(unsigned long id)
{
	unsigned int i = hart_count;
	struct hart_data *data;

	for (unsigned int j = 0; j < hart_count; j++) {
		if (hart_data[j].id == id)
			return &hart_data[j];
	}
	if (hart_count == HARTS_MAX)
		return NULL;
	hart_count++;
	data = &hart_data[i];
	data->id = id;
	data->trap_stack = (unsigned long)(hart_trap_stacks[i] +
					   TRAP_STACK_SIZE);
	data->stack = i ? (unsigned long)(hart_stacks[i - 1] + STACK_SIZE) :
			  (unsigned long)boot_stack_top;
	return data;
}

static void hart_set_slot(struct hart_data *data)
{
	const struct tree_hart *hart = tree_find_hart(&tree, data->id);

	data->slot = hart ? hart - tree.harts : 0;
}

void start_boot(unsigned long id, const void *blob)
{
	struct hart_data *data = hart_add(id);

	hart_adopt(data);
	memory_init((uint64_t)(uintptr_t)blob);
	if (tree_init(&tree, blob)) {
		print("the device tree is unusable\n");
		firmware_end(true);
	}
	hart_set_slot(data);
	hart_map(&tree);
	payload_main();
	firmware_end(true);
}

void trap_fail(unsigned long cause, unsigned long pc, unsigned long address)
{
	print("unexpected trap: cause 0x%lx, pc %p (image + 0x%lx), address %p, hart %lu\n",
	      cause, (void *)pc, pc - (unsigned long)image_start,
	      (void *)address, hart_get_id());
	firmware_end(true);
}

unsigned long hart_get_id(void)
{
	return hart_get_data()->id;
}

long hart_start(unsigned long id, void (*entry)(void *argument), void *argument)
{
	struct hart_data *data = hart_add(id);

	if (!data)
		return CALL_ERR_FAILED;
	data->entry = entry;
	data->argument = argument;
	data->recovery = 0;
	hart_set_slot(data);
	/*
	 * Release: the started hart reads what was just written; pairs with
	 * what a start implies on it before its first instruction.
	 */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return hart_command_start(data);
}

void hart_stop(void)
{
	hart_command_stop();
	for (;;)
		hart_sleep();
}
