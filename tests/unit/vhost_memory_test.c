/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that a front end shares: what is taken, every way in which a region is
 * refused, changes under a running ring, and a file that shrinks.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vhost/guard.h>

#include "unit.h"
#include "vhost_fixture.h"

static struct vhost_fixture fixture;

static void begin(void)
{
	vhost_fixture_init(&fixture);
	vhost_fixture_prepare_ring(&fixture);
}

static void expect_refused(int result, int error, const char *text)
{
	UNIT_ASSERT_INT(result, error);
	if (!strstr(fixture.session.fault.text, text)) {
		CU_FAIL("the reason is another one");
		printf("  \"%s\" lacks \"%s\"\n", fixture.session.fault.text,
		       text);
	}
	vhost_fixture_restart(&fixture);
	vhost_fixture_start_ring(&fixture);
	vhost_fixture_end(&fixture);
}

static int share(struct vhost_user_region region)
{
	struct vhost_user_message message = vhost_fixture_table(&region, 1);

	return vhost_fixture_send(&fixture, &message, &fixture.memory_fd, 1);
}

static int slot_message(uint32_t request, struct vhost_user_region region,
			unsigned int fds)
{
	struct vhost_user_message message = {
		.request = request,
		.flags = VHOST_USER_VERSION,
		.size = 40,
		.payload.mem_reg.region = region,
	};

	return vhost_fixture_send(&fixture, &message, &fixture.memory_fd, fds);
}

static void regions_are_translated(void)
{
	struct vhost_user_region regions[3] = {
		{ 0x80000000, 0x10000, 0x7000000000, 0x4000 },
		{ 0x90000000, 0x10000, 0x7000010000, 0x20000 },
		{ 0, 0x1000, 0x100000, 0x40000 },
	};
	struct vhost_user_message message = vhost_fixture_table(regions, 3);
	int fds[3];
	const struct virtio_region_table *table =
		&fixture.session.memory.table;
	uint64_t guest;
	char *byte;

	vhost_fixture_init(&fixture);
	fds[0] = fds[1] = fds[2] = fixture.memory_fd;
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, fds, 3), 0);
	CU_ASSERT(vhost_memory_find_user(&fixture.session.memory,
					 0x700000ffff, &guest));
	CU_ASSERT(guest == 0x8000ffff);
	CU_ASSERT(vhost_memory_find_user(&fixture.session.memory,
					 0x7000010000, &guest));
	CU_ASSERT(guest == 0x90000000);
	CU_ASSERT(!vhost_memory_find_user(&fixture.session.memory,
					  0x7000020000, &guest));
	CU_ASSERT(!vhost_memory_find_user(&fixture.session.memory,
					  0x6fffffffff, &guest));
	/* The offset counts: the byte is where the front end has it. */
	fixture.memory[0x20005] = 'x';
	byte = virtio_region_translate(table, 0x90000005, 1, 1);
	CU_ASSERT(byte && *byte == 'x');
	/* Neighbours by user address are not neighbours here. */
	CU_ASSERT_PTR_NULL(virtio_region_translate(table, 0x8000ffff, 2, 1));
	vhost_fixture_end(&fixture);
}

static void bad_regions_are_refused(void)
{
	static const struct {
		struct vhost_user_region region;
		const char *text;
	} cases[] = {
		{ { 0, 0, 0, 0 }, "empty" },
		{ { 0, FIXTURE_MEMORY + 1, 0, 0 }, "ends before it" },
		{ { 0, FIXTURE_MEMORY, 0, 4096 }, "ends before it" },
		{ { 0, 4096, 0, FIXTURE_MEMORY }, "ends before it" },
		{ { 0, 4096, 0, 1ull << 62 }, "ends before it" },
		{ { 0, 1ull << 63, 0, 0 }, "ends before it" },
		{ { UINT64_MAX - 4094, 4096, 0, 0 }, "wraps" },
		{ { 0, 4096, UINT64_MAX - 4094, 0 }, "wraps" },
		{ { 0, 4096, 0, UINT64_MAX - 4094 }, "wraps" },
		{ { 0, UINT64_MAX, 0, 0 }, "ends before it" },
		{ { 1, UINT64_MAX, 1, 1 }, "ends before it" },
		{ { 2, UINT64_MAX, 0, 0 }, "wraps" },
		{ { 8, 4096, 0, 0 }, "modulo 16" },
		{ { 0, 4096, 0, 8 }, "modulo 16" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		expect_refused(share(cases[i].region), VHOST_ERR_MEMORY,
			       cases[i].text);
	}
	/* Up to the last byte of the file and of the address space is right. */
	begin();
	UNIT_ASSERT_INT(share((struct vhost_user_region){
				UINT64_MAX - 4095, 4096, UINT64_MAX - 4095,
				FIXTURE_MEMORY - 4096 }), 0);
	vhost_fixture_end(&fixture);
}

static void overlapping_regions_are_refused(void)
{
	struct vhost_user_region regions[2] = {
		{ 0x80000000, 0x2000, 0x1000000, 0 },
		{ 0x80001000, 0x2000, 0x2000000, 0x10000 },
	};
	struct vhost_user_message message = vhost_fixture_table(regions, 2);
	int fds[2];

	begin();
	fds[0] = fds[1] = fixture.memory_fd;
	expect_refused(vhost_fixture_send(&fixture, &message, fds, 2),
		       VHOST_ERR_MEMORY, "overlaps");
}

static void counts_of_regions_and_descriptors(void)
{
	struct vhost_user_region regions[VHOST_USER_REGIONS_MAX];
	struct vhost_user_message message;
	int fds[VHOST_USER_REGIONS_MAX];
	uint32_t i;

	begin();
	for (i = 0; i < VHOST_USER_REGIONS_MAX; i++) {
		fds[i] = fixture.memory_fd;
		regions[i] = (struct vhost_user_region){
			i * 0x10000, 0x1000, i * 0x10000, 0
		};
	}
	message = vhost_fixture_table(regions, VHOST_USER_REGIONS_MAX);
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, fds,
					   VHOST_USER_REGIONS_MAX), 0);
	UNIT_ASSERT_INT(fixture.session.memory.count, VHOST_USER_REGIONS_MAX);
	message = vhost_fixture_table(regions, 2);
	expect_refused(vhost_fixture_send(&fixture, &message, fds, 3),
		       VHOST_ERR_DESCRIPTORS, "2 regions with 3 descriptors");
	begin();
	message = vhost_fixture_table(regions, 0);
	expect_refused(vhost_fixture_send(&fixture, &message, NULL, 0),
		       VHOST_ERR_DESCRIPTORS, "0 regions");
}

static void files_of_the_wrong_kind(void)
{
	struct vhost_user_region region = { 0, 4096, 0, 0 };
	struct vhost_user_message message = vhost_fixture_table(&region, 1);
	int fd, ends[2];

	begin();
	fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, &fd, 1),
			VHOST_ERR_MEMORY);
	CU_ASSERT(strstr(fixture.session.fault.text, "not a regular one") !=
		  NULL);
	close(fd);
	CU_ASSERT_FATAL(!pipe(ends));
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, &ends[0], 1),
			VHOST_ERR_MEMORY);
	close(ends[0]);
	close(ends[1]);
	/* Memory that the back end may not write. */
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	UNIT_ASSERT_INT(vhost_fixture_send(&fixture, &message, &fd, 1),
			VHOST_ERR_SYSTEM);
	CU_ASSERT(strstr(fixture.session.fault.text, "mmap: ") != NULL);
	close(fd);
	/* Whatever was refused, the memory of before is still there. */
	UNIT_ASSERT_INT(fixture.session.memory.count, 1);
	vhost_fixture_end(&fixture);
}

static void slots_are_added_and_removed(void)
{
	struct vhost_user_region region = { 0x1000, 0x1000, 0x5000, 0x3000 };
	unsigned int i;

	begin();
	UNIT_ASSERT_INT(slot_message(VHOST_USER_ADD_MEM_REG, region, 1), 0);
	UNIT_ASSERT_INT(fixture.session.memory.count, 2);
	UNIT_ASSERT_INT(slot_message(VHOST_USER_REM_MEM_REG, region, 1), 0);
	UNIT_ASSERT_INT(fixture.session.memory.count, 1);
	for (i = 1; i < VHOST_USER_REGIONS_MAX; i++) {
		region.guest_phys_addr = region.userspace_addr = i * 0x1000;
		UNIT_ASSERT_INT(slot_message(VHOST_USER_ADD_MEM_REG, region, 1),
				0);
	}
	/* Out of the middle: the others stay. */
	region.guest_phys_addr = region.userspace_addr = 0x4000;
	UNIT_ASSERT_INT(slot_message(VHOST_USER_REM_MEM_REG, region, 0), 0);
	CU_ASSERT_PTR_NULL(virtio_region_translate(
		&fixture.session.memory.table, 0x4000, 1, 1));
	CU_ASSERT_PTR_NOT_NULL(virtio_region_translate(
		&fixture.session.memory.table, 0xf000, 1, 1));
	UNIT_ASSERT_INT(slot_message(VHOST_USER_ADD_MEM_REG, region, 1), 0);
	region.guest_phys_addr = region.userspace_addr = 0x70000;
	expect_refused(slot_message(VHOST_USER_ADD_MEM_REG, region, 1),
		       VHOST_ERR_MEMORY, "no room");
}

static void removing_what_is_not_there(void)
{
	struct vhost_user_region region = vhost_fixture_region();

	begin();
	region.userspace_addr++;
	expect_refused(slot_message(VHOST_USER_REM_MEM_REG, region, 0),
		       VHOST_ERR_MEMORY, "no region like that");
	begin();
	region = vhost_fixture_region();
	region.memory_size--;
	expect_refused(slot_message(VHOST_USER_REM_MEM_REG, region, 0),
		       VHOST_ERR_MEMORY, "no region like that");
	begin();
	region = vhost_fixture_region();
	region.guest_phys_addr++;
	expect_refused(slot_message(VHOST_USER_REM_MEM_REG, region, 0),
		       VHOST_ERR_MEMORY, "no region like that");
}

static void memory_taken_from_a_running_ring(void)
{
	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	expect_refused(slot_message(VHOST_USER_REM_MEM_REG,
				    vhost_fixture_region(), 0),
		       VHOST_ERR_MEMORY, "its memory region is gone");
	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	/* Still there, but no longer whole. */
	expect_refused(share((struct vhost_user_region){
			       FIXTURE_GUEST, FIXTURE_RING + 200, FIXTURE_USER,
			       0 }),
		       VHOST_ERR_MEMORY, "in one memory region");
}

/* The ring goes on where it was, through another mapping. */
static void memory_changes_under_a_running_ring(void)
{
	struct loopback_server_transport transport;
	struct virtq_completion done;
	struct virtq_segment segments[8];
	struct virtq_chain chain = { .segments = segments, .capacity = 8 };
	int cookie;

	vhost_fixture_init(&fixture);
	vhost_fixture_start_driver(&fixture);
	vhost_fixture_start_ring(&fixture);
	transport = vhost_session_get_transport(&fixture.session);
	vhost_fixture_offer(&fixture, &cookie);
	CU_ASSERT_EQUAL_FATAL(transport.pop(transport.ctx, 0, &chain), 1);
	/* Not while the buffer is at a backend. */
	UNIT_ASSERT_INT(vhost_fixture_share(&fixture), VHOST_ERR_BUSY);
	transport.push(transport.ctx, 0, chain.head, 8);
	transport.publish(transport.ctx, 0);
	UNIT_ASSERT_INT(virtq_driver_get(&fixture.driver, &done), 1);
	vhost_fixture_offer(&fixture, &cookie);
	UNIT_ASSERT_INT(vhost_fixture_share(&fixture), 0);
	UNIT_ASSERT_INT(slot_message(VHOST_USER_ADD_MEM_REG,
				     (struct vhost_user_region){ 0, 4096, 0,
								 0 }, 1), 0);
	CU_ASSERT_EQUAL_FATAL(transport.pop(transport.ctx, 0, &chain), 1);
	CU_ASSERT(segments[0].addr == FIXTURE_GUEST + FIXTURE_DATA);
	transport.push(transport.ctx, 0, chain.head, 8);
	transport.publish(transport.ctx, 0);
	UNIT_ASSERT_INT(virtq_driver_get(&fixture.driver, &done), 1);
	CU_ASSERT_PTR_EQUAL(done.cookie, &cookie);
	vhost_fixture_end(&fixture);
}

/* In a process of its own: the handler is the whole process'. */
static int shrink_and_touch(int *survived)
{
	volatile char *byte;

	if (vhost_guard_install())
		return 10;
	vhost_fixture_init(&fixture);
	vhost_fixture_start_ring(&fixture);
	byte = virtio_region_translate(&fixture.session.memory.table,
				       FIXTURE_GUEST + 0x50000, 1, 1);
	if (!byte || vhost_session_is_lost(&fixture.session))
		return 11;
	*byte = 'x';
	if (ftruncate(fixture.memory_fd, 4096))
		return 12;
	if (*byte != 0)
		return 13;
	*byte = 'y';
	if (!vhost_session_is_lost(&fixture.session) ||
	    fixture.session.fault.error != VHOST_ERR_MEMORY)
		return 14;
	vhost_session_close(&fixture.session);
	*survived = 1;
	/* A fault elsewhere is the end, as ever. */
	fixture.memory[0x60000] = 1;
	return 15;
}

static void file_that_shrinks_costs_the_session_only(void)
{
	int *survived = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;
	int status = 0;

	CU_ASSERT_FATAL(survived != MAP_FAILED);
	fflush(NULL);
	child = fork();
	if (!child) {
		/* The death is what is waited for: no report, no core. */
		if (!freopen("/dev/null", "w", stderr))
			_exit(16);
		_exit(shrink_and_touch(survived));
	}
	CU_ASSERT_FATAL(child > 0 && waitpid(child, &status, 0) == child);
	if (WIFEXITED(status))
		UNIT_ASSERT_INT(WEXITSTATUS(status), 0);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	UNIT_ASSERT_INT(*survived, 1);
	munmap(survived, 4096);
}

static void guards_are_bounded_and_reused(void)
{
	int guards[VHOST_GUARD_MAX + 1];
	unsigned int i;

	for (i = 0; i <= VHOST_GUARD_MAX; i++)
		guards[i] = vhost_guard_add((void *)4096, 4096);
	UNIT_ASSERT_INT(guards[VHOST_GUARD_MAX], -1);
	vhost_fixture_init(&fixture);
	UNIT_ASSERT_INT(vhost_fixture_share(&fixture), VHOST_ERR_MEMORY);
	CU_ASSERT(strstr(fixture.session.fault.text, "too many") != NULL);
	vhost_fixture_end(&fixture);
	CU_ASSERT(!vhost_guard_is_lost(-1));
	for (i = 0; i <= VHOST_GUARD_MAX; i++)
		vhost_guard_remove(guards[i]);
	UNIT_ASSERT_INT(vhost_guard_add((void *)4096, 4096), guards[0]);
	CU_ASSERT(!vhost_guard_is_lost(guards[0]));
	vhost_guard_remove(guards[0]);
}

static const struct unit_test tests[] = {
	UNIT_TEST(regions_are_translated),
	UNIT_TEST(bad_regions_are_refused),
	UNIT_TEST(overlapping_regions_are_refused),
	UNIT_TEST(counts_of_regions_and_descriptors),
	UNIT_TEST(files_of_the_wrong_kind),
	UNIT_TEST(slots_are_added_and_removed),
	UNIT_TEST(removing_what_is_not_there),
	UNIT_TEST(memory_taken_from_a_running_ring),
	UNIT_TEST(memory_changes_under_a_running_ring),
	UNIT_TEST(file_that_shrinks_costs_the_session_only),
	UNIT_TEST(guards_are_bounded_and_reused),
};

UNIT_MAIN("vhost_memory", tests)
