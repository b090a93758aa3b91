/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/sha256.h>
#include <common/console.h>
#include <common/digest.h>
#include <common/irq.h>
#include <common/pattern.h>
#include <common/report.h>
#include "guest.h"

/* A run over consecutive bytes, several in flight, looked at in order. */
struct transfer {
	struct guest_disk *disk;
	uint32_t type;
	uint64_t begin;
	uint64_t end;
	uint64_t next;		/* to be submitted */
	uint64_t looked;
	uint32_t ended;		/* bit n: slot n's request */
	unsigned int round;
	struct sha256 *hash;	/* of what is read; NULL: it is the pattern */
	bool failed;
};

static uint32_t transfer_bytes(const struct transfer *t, uint64_t offset)
{
	return t->end - offset < GUEST_REQUEST_BYTES ?
		       (uint32_t)(t->end - offset) : GUEST_REQUEST_BYTES;
}

static unsigned int transfer_slot(const struct transfer *t, uint64_t offset)
{
	return (offset - t->begin) / GUEST_REQUEST_BYTES % GUEST_DEPTH;
}

static void transfer_submit(struct transfer *t)
{
	while (!t->failed && t->next < t->end &&
	       t->next - t->looked < GUEST_DEPTH * GUEST_REQUEST_BYTES) {
		uint32_t bytes = transfer_bytes(t, t->next);
		unsigned int slot = transfer_slot(t, t->next);
		uint64_t *words = (void *)guest_disk_data(t->disk, slot);

		for (uint32_t i = 0; i < bytes / 8; i++)
			words[i] = t->type != VIRTIO_BLK_T_OUT ? ~0ULL :
				   pattern_get(t->round, t->next + 8 * i);
		t->failed = guest_disk_submit(t->disk, slot, t->type, t->next,
					      bytes);
		t->next += bytes;
	}
	guest_disk_kick(t->disk);
}

static void transfer_look(struct transfer *t, unsigned int slot)
{
	uint32_t bytes = transfer_bytes(t, t->looked);
	const uint64_t *words = (void *)guest_disk_data(t->disk, slot);

	if (t->disk->wires[slot].status != VIRTIO_BLK_S_OK)
		t->failed = true;
	if (t->hash) {
		sha256_update(t->hash, words, bytes);
	} else {
		for (uint32_t i = 0; i < bytes / 8; i++)
			t->failed |= words[i] !=
				     pattern_get(t->round, t->looked + 8 * i);
	}
	t->looked += bytes;
}

/* Returns whether anything happened. */
static bool transfer_step(struct transfer *t)
{
	bool progress = false;
	unsigned int slot;
	int ended;

	transfer_submit(t);
	while ((ended = guest_disk_poll(t->disk)) != GUEST_NOTHING) {
		progress = true;
		if (ended < 0) {
			t->failed = true;
			break;
		}
		t->ended |= 1U << ended;
	}
	while (!t->failed && t->looked < t->next &&
	       t->ended >> (slot = transfer_slot(t, t->looked)) & 1) {
		t->ended &= ~(1U << slot);
		transfer_look(t, slot);
	}
	return progress;
}

static bool transfer_is_over(const struct transfer *t)
{
	return t->failed || t->looked == t->end;
}

/* All at once. Returns whether all ended well. */
static bool transfers_run(struct transfer *all, unsigned int count)
{
	bool over, idle, failed = false;

	do {
		over = true;
		idle = true;
		for (unsigned int i = 0; i < count; i++) {
			struct transfer *t = &all[i];

			if (transfer_is_over(t))
				continue;
			if (transfer_step(t))
				idle = false;
			if (transfer_is_over(t))
				continue;
			over = false;
			if (virtq_driver_enable_callbacks(&t->disk->virtq))
				idle = false;
		}
		if (!over && idle)
			irq_wait();
	} while (!over);
	for (unsigned int i = 0; i < count; i++)
		failed |= all[i].failed;
	return !failed;
}

static void work_digest(struct guest_disk *disks, unsigned int count)
{
	struct sha256 hashes[GUEST_DISKS_MAX];
	struct transfer all[GUEST_DISKS_MAX] = { 0 };
	uint8_t digest[SHA256_DIGEST_SIZE];

	for (unsigned int i = 0; i < count; i++) {
		sha256_init(&hashes[i]);
		all[i].disk = &disks[i];
		all[i].type = VIRTIO_BLK_T_IN;
		all[i].end = disks[i].size;
		all[i].hash = &hashes[i];
	}
	if (!report(transfers_run(all, count), "work: all of the disk is read"))
		return;
	for (unsigned int i = 0; i < count; i++) {
		sha256_finish(&hashes[i], digest);
		digest_print(digest, disks[i].size);
	}
}

static bool work_pattern(struct guest_disk *disks, unsigned int count,
			 unsigned int round, uint32_t type)
{
	struct transfer all[GUEST_DISKS_MAX] = { 0 };

	for (unsigned int i = 0; i < count; i++) {
		all[i].disk = &disks[i];
		all[i].type = type;
		all[i].end = disks[i].size;
		/* Those that share a disk write the same to the same place. */
		all[i].begin = disks[i].size - PATTERN_BYTES;
		all[i].next = all[i].looked = all[i].begin;
		all[i].round = round;
	}
	return transfers_run(all, count);
}

static bool work_round(struct guest_disk *disks, unsigned int count,
		       unsigned int round)
{
	if (!work_pattern(disks, count, round, VIRTIO_BLK_T_OUT))
		return false;
	for (unsigned int i = 0; i < count; i++) {
		if (guest_disk_request(&disks[i], VIRTIO_BLK_T_FLUSH, 0, 0))
			return false;
	}
	return work_pattern(disks, count, round, VIRTIO_BLK_T_IN);
}

void guest_test_work(struct guest_disk *disks, unsigned int count,
		     unsigned int rounds)
{
	uint32_t trouble = VIRTIO_STATUS_DEVICE_NEEDS_RESET |
			   VIRTIO_STATUS_FAILED;
	unsigned int done = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (!report(!guest_disk_start(&disks[i]), "work: %s starts",
			    disks[i].device->name))
			return;
	}
	work_digest(disks, count);
	while (done < rounds && work_round(disks, count, done))
		done++;
	if (report(done == rounds, "work: written, flushed, read, compared"))
		print("pattern %s written over the last %u bytes and verified, %u times\n",
		      PATTERN_NAME, PATTERN_BYTES, done);
	for (unsigned int i = 0; i < count; i++)
		report(!(virtio_mmio_status(&disks[i].mmio) & trouble),
		       "work: %s wants no reset", disks[i].device->name);
}
