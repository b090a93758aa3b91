/* SPDX-License-Identifier: BSD-2-Clause */
#define _FILE_OFFSET_BITS 64
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vhost/guard.h>
#include <vhost/memory.h>
#include <virtio/error.h>

void vhost_memory_init(struct vhost_memory *memory)
{
	memset(memory, 0, sizeof(*memory));
}

static int refuse(struct vhost_fault *fault,
		  const struct vhost_user_region *region, const char *why)
{
	return vhost_fault_set(fault, VHOST_ERR_MEMORY,
			       "memory region 0x%llx of 0x%llx bytes: %s",
			       (unsigned long long)region->guest_phys_addr,
			       (unsigned long long)region->memory_size, why);
}

static bool wraps(uint64_t first, uint64_t size)
{
	return first + size - 1 < first;
}

static int check_region(const struct vhost_user_region *region, int fd,
			struct stat *file, struct vhost_fault *fault)
{
	if (!region->memory_size)
		return refuse(fault, region, "it is empty");
	if (wraps(region->guest_phys_addr, region->memory_size) ||
	    wraps(region->userspace_addr, region->memory_size) ||
	    wraps(region->mmap_offset, region->memory_size))
		return refuse(fault, region, "a range of it wraps");
	if (fstat(fd, file))
		return vhost_fault_system(fault, "memory region: fstat");
	/* A device's mapping may have no end, or effects of being read. */
	if (!S_ISREG(file->st_mode))
		return refuse(fault, region, "its file is not a regular one");
	/* Stops a file shorter than claimed: past its end is SIGBUS. */
	if (file->st_size < 0 ||
	    region->mmap_offset > (uint64_t)file->st_size ||
	    region->memory_size >
		    (uint64_t)file->st_size - region->mmap_offset)
		return refuse(fault, region, "its file ends before it");
	return VHOST_OK;
}

/* What addresses and sizes of a mapping of this file are multiples of. */
static uint64_t page_size(const struct stat *file)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t block = (uint64_t)file->st_blksize;

	/* A file of huge pages names their size; no other need be believed. */
	return block > page && !(block & (block - 1)) && block <= 1u << 30 ?
		       block :
		       page;
}

/* Map the region's bytes as regions[count] and mappings[count]. */
static int map_region(struct vhost_memory *memory,
		      const struct vhost_user_region *region, int fd,
		      const struct stat *file, struct vhost_fault *fault)
{
	struct vhost_mapping *mapping = &memory->mappings[memory->count];
	uint64_t page = page_size(file);
	uint64_t start = region->mmap_offset & ~(page - 1);
	uint64_t skip = region->mmap_offset - start;

	mapping->size = (skip + region->memory_size + page - 1) & ~(page - 1);
	mapping->user_addr = region->userspace_addr;
	/* A rounding that wraps would leave a mapping too small. */
	if (mapping->size < region->memory_size)
		return refuse(fault, region, "it is too large");
	mapping->base = mmap(NULL, mapping->size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_NORESERVE, fd, (off_t)start);
	if (mapping->base == MAP_FAILED)
		return vhost_fault_system(fault, "memory region 0x%llx: mmap",
					  (unsigned long long)
						  region->guest_phys_addr);
	/* A mapping that nobody guards would let its file end the process. */
	mapping->guard = vhost_guard_add(mapping->base, mapping->size);
	if (mapping->guard < 0) {
		munmap(mapping->base, mapping->size);
		return refuse(fault, region,
			      "this process maps too many already");
	}
	memory->regions[memory->count] = (struct virtio_region){
		.addr = region->guest_phys_addr,
		.size = region->memory_size,
		.base = (char *)mapping->base + skip,
		.rights = VIRTIO_REGION_READ | VIRTIO_REGION_WRITE,
	};
	return VHOST_OK;
}

static void unmap(struct vhost_mapping *mapping)
{
	vhost_guard_remove(mapping->guard);
	munmap(mapping->base, mapping->size);
}

static int make_table(struct vhost_memory *memory)
{
	if (!memory->count) {
		memory->table = (struct virtio_region_table){ 0 };
		return VIRTIO_OK;
	}
	return virtio_region_table_init(&memory->table, memory->regions,
					memory->count);
}

int vhost_memory_add(struct vhost_memory *memory,
		     const struct vhost_user_region *region, int fd,
		     struct vhost_fault *fault)
{
	struct stat file;
	int ret;

	if (memory->count == VHOST_USER_REGIONS_MAX)
		return refuse(fault, region, "no room for another one");
	ret = check_region(region, fd, &file, fault);
	if (!ret)
		ret = map_region(memory, region, fd, &file, fault);
	if (ret)
		return ret;
	memory->count++;
	ret = make_table(memory);
	if (!ret)
		return VHOST_OK;
	memory->count--;
	unmap(&memory->mappings[memory->count]);
	make_table(memory);
	return refuse(fault, region,
		      ret == VIRTIO_ERR_OVERLAP ?
			      "it overlaps another one" :
			      "guest address and offset differ modulo 16");
}

int vhost_memory_remove(struct vhost_memory *memory,
			const struct vhost_user_region *region,
			struct vhost_fault *fault)
{
	unsigned int i;

	for (i = 0; i < memory->count; i++) {
		const struct virtio_region *mine = &memory->regions[i];

		if (mine->addr != region->guest_phys_addr ||
		    mine->size != region->memory_size ||
		    memory->mappings[i].user_addr != region->userspace_addr)
			continue;
		unmap(&memory->mappings[i]);
		memory->count--;
		memory->regions[i] = memory->regions[memory->count];
		memory->mappings[i] = memory->mappings[memory->count];
		make_table(memory);
		return VHOST_OK;
	}
	return refuse(fault, region, "no region like that was added");
}

void vhost_memory_clear(struct vhost_memory *memory)
{
	while (memory->count)
		unmap(&memory->mappings[--memory->count]);
	make_table(memory);
}

void vhost_memory_move(struct vhost_memory *to, struct vhost_memory *from)
{
	*to = *from;
	make_table(to);
	vhost_memory_init(from);
}

bool vhost_memory_find_user(const struct vhost_memory *memory,
			    uint64_t user_addr, uint64_t *guest_addr)
{
	unsigned int i;

	for (i = 0; i < memory->count; i++) {
		/* Below the region this wraps to at least its size. */
		uint64_t offset = user_addr - memory->mappings[i].user_addr;

		if (offset >= memory->regions[i].size)
			continue;
		*guest_addr = memory->regions[i].addr + offset;
		return true;
	}
	return false;
}

bool vhost_memory_is_lost(const struct vhost_memory *memory)
{
	unsigned int i;

	for (i = 0; i < memory->count; i++)
		if (vhost_guard_is_lost(memory->mappings[i].guard))
			return true;
	return false;
}
