/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The recording is the same to the byte each time: the server, whose manifest
 * says depth=1, ends requests in their order, and the client looks only when
 * the server is known to have nothing left to do.
 */
#include <common/console.h>
#include <common/hart.h>
#include <common/hex.h>
#include <common/irq.h>
#include <port/port.h>
#include <vectors.h>
#include "client/client.h"
#include "record.h"

static struct client_disk disk;

/* Sleeps a millisecond, or until a doorbell rings. */
static void wait(void)
{
	irq_wait_until(hart_get_time() + tree.timebase / 1000);
}

/*
 * The server counts its looks at the control page, and looks at it before it
 * sleeps only if it was asked to. So when it has looked once more, whatever it
 * was doing at the call is over.
 */
static void settle(void)
{
	const struct loopback_control *control = disk.endpoint.control;
	uint32_t looks = port_load(&control->server.liveness);

	disk.channel.notify.control(&disk.channel);
	while (port_load(&control->server.liveness) == looks)
		wait();
}

static bool is_zero(const uint8_t *bytes)
{
	for (unsigned int i = 0; i < VECTORS_LINE; i++)
		if (bytes[i])
			return false;
	return true;
}

static void print_line(const char *moment, const char *part, size_t offset,
		       const uint8_t *bytes)
{
	char text[HEX_TEXT_SIZE(VECTORS_LINE)];

	hex_format(text, bytes, VECTORS_LINE);
	print("vector %s %s %04x %s\n", moment, part, (unsigned int)offset,
	      text);
}

static void print_part(const char *moment, const char *part,
		       const void *memory, size_t size)
{
	const uint8_t *bytes = memory;

	for (size_t i = 0; i < size; i += VECTORS_LINE)
		if (!is_zero(bytes + i))
			print_line(moment, part, i, bytes + i);
}

static void print_moment(enum vectors_moment_name moment)
{
	const char *name = vectors_moment_names[moment];

	print_part(name, "control", disk.endpoint.control,
		   LOOPBACK_CONTROL_SIZE);
	print_part(name, "pool", disk.endpoint.config.pool, VECTORS_POOL);
}

/* The rest of the piece that is recorded. All of it is where it should be? */
static int take_data(void)
{
	uint64_t pool = disk.channel.info->pool.base;
	uint64_t data = (uintptr_t)channel_take_pool(
		&disk.channel, VECTORS_POOL - VECTORS_DATA, LOOPBACK_LINE_SIZE);

	if ((uintptr_t)disk.virtq.ring.desc != pool + VECTORS_RING ||
	    (uintptr_t)disk.block.config.wires != pool + VECTORS_WIRES ||
	    (uintptr_t)disk.virtq.tables != pool + VECTORS_TABLES ||
	    data != pool + VECTORS_DATA) {
		print("the pool is laid out in another way\n");
		return LOOPBACK_ERR_INVALID;
	}
	return LOOPBACK_OK;
}

static void wait_used(void)
{
	const struct virtq_used *used = disk.virtq.ring.used;

	while (virtio_le16(port_load_acquire(&used->idx)) != VECTORS_REQUESTS)
		wait();
}

static int take_completions(void)
{
	struct loopback_block_completion done;
	unsigned int count = 0;
	int result;

	while (!(result = client_disk_poll(&disk, &done)))
		count++;
	return result == LOOPBACK_ERR_AGAIN && count == VECTORS_REQUESTS ?
		LOOPBACK_OK : LOOPBACK_ERR_PROTOCOL;
}

static int record(void)
{
	struct loopback_client_config *config = &disk.endpoint.config;
	int error = take_data();

	if (!error)
		error = vectors_submit(&disk.block, config->pool,
				       config->pool_address);
	if (error)
		return error;
	/* The server looks at the ring at its start, unasked: while empty. */
	settle();
	virtq_driver_expose(&disk.virtq);
	print("vector pool %016lx\n", config->pool_address);
	print_moment(VECTORS_PUBLISHED);
	loopback_block_client_kick(&disk.block);
	wait_used();
	settle();
	print_moment(VECTORS_COMPLETED);
	print("vector end\n");
	return take_completions();
}

int vectors_record(void)
{
	int error = client_disk_open(&disk);

	if (error)
		return error;
	error = record();
	if (error)
		print("recording: %s (%d)\n", channel_get_error(error), error);
	client_disk_close(&disk);
	return error;
}
