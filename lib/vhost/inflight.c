/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log that a crash cut short. Only this process' death interrupts it, and
 * what a process has stored is in the memory whatever becomes of it: the
 * release stores keep the compiler from reordering the steps, and pair with the
 * plain start of the next life.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <port/port.h>
#include <vhost/inflight.h>

#define INFLIGHT_LINE	64u

static size_t queue_bytes(unsigned int queue_size)
{
	size_t bytes = sizeof(struct vhost_inflight_queue) +
		       queue_size * sizeof(struct vhost_inflight_desc);

	return (bytes + INFLIGHT_LINE - 1) & ~(size_t)(INFLIGHT_LINE - 1);
}

uint64_t vhost_inflight_bytes(unsigned int num_queues, unsigned int queue_size)
{
	return (uint64_t)num_queues * queue_bytes(queue_size);
}

int vhost_inflight_create(unsigned int num_queues, unsigned int queue_size,
			  struct vhost_fault *fault)
{
	int fd = memfd_create("vhost-inflight",
			      MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return vhost_fault_system(fault, "in-flight log: memfd_create");
	if (ftruncate(fd, (off_t)vhost_inflight_bytes(num_queues,
						      queue_size)) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
		vhost_fault_system(fault, "in-flight log: its size");
		close(fd);
		return VHOST_ERR_SYSTEM;
	}
	return fd;
}

static int check_log(const struct vhost_user_inflight *message, int fd,
		     unsigned int max_queues, unsigned int max_size,
		     struct vhost_fault *fault)
{
	struct stat file;
	int seals;

	if (!message->num_queues || message->num_queues > max_queues ||
	    !message->queue_size || message->queue_size > max_size)
		return vhost_fault_set(
			fault, VHOST_ERR_VALUE,
			"SET_INFLIGHT_FD: %u queues of %u, but 1 to %u of 1 to %u are served",
			message->num_queues, message->queue_size, max_queues,
			max_size);
	if (message->mmap_size < vhost_inflight_bytes(message->num_queues,
						      message->queue_size))
		return vhost_fault_set(
			fault, VHOST_ERR_VALUE,
			"SET_INFLIGHT_FD: %llu bytes, but %u queues of %u take %llu",
			(unsigned long long)message->mmap_size,
			message->num_queues, message->queue_size,
			(unsigned long long)vhost_inflight_bytes(
				message->num_queues, message->queue_size));
	if (fstat(fd, &file))
		return vhost_fault_system(fault, "SET_INFLIGHT_FD: fstat");
	/* Stops a log that another could take away while it is written. */
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || !(seals & F_SEAL_SHRINK))
		return vhost_fault_set(
			fault, VHOST_ERR_MEMORY,
			"SET_INFLIGHT_FD: the memory is not sealed against shrinking");
	if (message->mmap_offset % (uint64_t)sysconf(_SC_PAGESIZE) ||
	    message->mmap_offset > (uint64_t)file.st_size ||
	    message->mmap_size > (uint64_t)file.st_size - message->mmap_offset)
		return vhost_fault_set(
			fault, VHOST_ERR_MEMORY,
			"SET_INFLIGHT_FD: %llu bytes at %llu, but the file has %lld",
			(unsigned long long)message->mmap_size,
			(unsigned long long)message->mmap_offset,
			(long long)file.st_size);
	return VHOST_OK;
}

int vhost_inflight_map(struct vhost_inflight *inflight,
		       const struct vhost_user_inflight *message, int fd,
		       unsigned int max_queues, unsigned int max_size,
		       struct vhost_fault *fault)
{
	int ret = check_log(message, fd, max_queues, max_size, fault);
	unsigned int entries = message->queue_size;
	size_t size;
	void *map;

	if (ret)
		return ret;
	/*
	 * One of GET_INFLIGHT_FD, which comes back with the size it was given,
	 * has room for rings of any size. Any other is laid out for what its
	 * message says, however much it has beyond that.
	 */
	if (message->mmap_size ==
	    vhost_inflight_bytes(message->num_queues, max_size))
		entries = max_size;
	/* What is needed, however much there may be. */
	size = (size_t)vhost_inflight_bytes(message->num_queues, entries);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   (off_t)message->mmap_offset);
	if (map == MAP_FAILED)
		return vhost_fault_system(fault, "SET_INFLIGHT_FD: mmap");
	*inflight = (struct vhost_inflight){
		.map = map,
		.map_size = size,
		.queue_bytes = queue_bytes(entries),
		.num_queues = message->num_queues,
		.queue_size = (uint16_t)entries,
	};
	return VHOST_OK;
}

void vhost_inflight_unmap(struct vhost_inflight *inflight)
{
	if (inflight->map)
		munmap(inflight->map, inflight->map_size);
	*inflight = (struct vhost_inflight){ 0 };
}

struct vhost_inflight_queue *
vhost_inflight_get_queue(const struct vhost_inflight *inflight,
			 unsigned int queue)
{
	if (!inflight->map || queue >= inflight->num_queues)
		return NULL;
	return (void *)((char *)inflight->map + queue * inflight->queue_bytes);
}

/* Forget @count heads of the list that starts at @head. */
static void clear_batch(struct vhost_inflight_queue *log, uint32_t num,
			unsigned int count, uint16_t head)
{
	/* Stops a list that leads out of the log; the count bounds a loop. */
	for (; count && head < num; count--) {
		port_store_release(&log->desc[head].inflight, 0);
		head = port_load(&log->desc[head].next);
	}
}

/* Insert by the counter; equal ones, which only a forger makes, keep order. */
static unsigned int insert_head(uint16_t *heads, uint64_t *counters,
				unsigned int count, uint16_t head,
				uint64_t counter)
{
	unsigned int at = count;

	while (at && counters[at - 1] > counter) {
		heads[at] = heads[at - 1];
		counters[at] = counters[at - 1];
		at--;
	}
	heads[at] = head;
	counters[at] = counter;
	return count + 1;
}

static int collect_heads(struct vhost_inflight_queue *log, uint32_t num,
			 uint16_t *heads, uint64_t *counter)
{
	uint64_t counters[VHOST_RING_SIZE_MAX];
	unsigned int count = 0;
	uint32_t head;

	for (head = 0; head < num; head++) {
		const struct vhost_inflight_desc *desc = &log->desc[head];

		if (port_load(&desc->inflight))
			count = insert_head(heads, counters, count,
					    (uint16_t)head,
					    port_load(&desc->counter));
	}
	*counter = count ? counters[count - 1] + 1 : 0;
	return (int)count;
}

static void start_log(struct vhost_inflight_queue *log, uint32_t num,
		      uint64_t features, uint16_t used_idx)
{
	log->features = features;
	log->desc_num = (uint16_t)num;
	log->last_batch_head = 0;
	log->used_idx = used_idx;
	port_store_release(&log->version, VHOST_INFLIGHT_VERSION);
}

int vhost_inflight_resume(struct vhost_inflight_queue *log, uint32_t num,
			  uint64_t features, uint16_t used_idx, uint16_t *heads,
			  uint64_t *counter, struct vhost_fault *fault)
{
	uint16_t version = port_load(&log->version);
	uint16_t desc_num = port_load(&log->desc_num);
	uint16_t batch;

	*counter = 0;
	/* Stops a walk past the private arrays, *heads among them. */
	if (num > VHOST_RING_SIZE_MAX)
		return vhost_fault_set(
			fault, VHOST_ERR_INVALID,
			"in-flight log: %u entries, but %u are served", num,
			VHOST_RING_SIZE_MAX);
	if (!version) {
		start_log(log, num, features, used_idx);
		return 0;
	}
	if (version != VHOST_INFLIGHT_VERSION || desc_num != num)
		return vhost_fault_set(
			fault, VHOST_ERR_VALUE,
			"in-flight log: version %u for %u entries, but version %u for %u is needed",
			version, desc_num, VHOST_INFLIGHT_VERSION, num);
	/* The used index went ahead of the log: the crash came between. */
	batch = (uint16_t)(used_idx - port_load(&log->used_idx));
	if (batch > num)
		return vhost_fault_set(
			fault, VHOST_ERR_VALUE,
			"in-flight log: the ring's used index is %u ahead of it, more than the ring's %u",
			batch, num);
	clear_batch(log, num, batch, port_load(&log->last_batch_head));
	port_store_release(&log->used_idx, used_idx);
	return collect_heads(log, num, heads, counter);
}

void vhost_inflight_take(struct vhost_inflight_queue *log, uint16_t head,
			 uint64_t counter)
{
	port_store(&log->desc[head].counter, counter);
	port_store_release(&log->desc[head].inflight, 1);
}

void vhost_inflight_stage(struct vhost_inflight_queue *log, uint16_t head)
{
	port_store(&log->desc[head].next, port_load(&log->last_batch_head));
	port_store_release(&log->last_batch_head, head);
}

void vhost_inflight_publish(struct vhost_inflight_queue *log, uint32_t num,
			    unsigned int staged, uint16_t used_idx)
{
	clear_batch(log, num, staged, port_load(&log->last_batch_head));
	port_store_release(&log->used_idx, used_idx);
}
