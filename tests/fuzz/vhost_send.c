/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "vhost_run.h"
#include "vhost_send.h"

#define PROTOCOL_FEATURES                                           \
	(VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_MQ) |             \
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_REPLY_ACK) |      \
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG) |         \
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD) | \
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS))

static struct vhost_run *const run = &vhost_run;

void vhost_send_bytes(void)
{
	struct vhost_session *session = &run->fixture.session;
	uint8_t bytes[VHOST_USER_HEADER_SIZE];
	uint8_t payload[VHOST_USER_PAYLOAD_MAX];
	struct vhost_user_message message;
	int fds[VHOST_DESCRIPTORS_MAX];
	unsigned int count, i;
	int result;

	fuzz_copy(run->in, bytes, sizeof(bytes));
	memset(&message, 0, sizeof(message));
	result = vhost_user_decode_header(&message, bytes, fuzz_u8(run->in) & 1,
					  &session->fault);
	if (!result) {
		FUZZ_REQUIRE(message.size <= sizeof(payload));
		fuzz_copy(run->in, payload, message.size);
		result = vhost_user_decode_payload(&message, payload,
						   VHOST_USER_FRONT_END,
						   &session->fault);
	}
	if (result) {
		vhost_run_judge(result);
		return;
	}
	count = vhost_run_pick_fds(fds, fuzz_u8(run->in) %
						(VHOST_DESCRIPTORS_MAX + 1));
	for (i = 0; i < count; i++)
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
	result = vhost_session_handle(session, &message, fds, count);
	for (i = 0; result == VHOST_ERR_BUSY && i < count; i++)
		close(fds[i]);
	vhost_run_judge(result);
}

static struct vhost_user_region read_region(void)
{
	uint8_t shape = fuzz_u8(run->in);
	struct vhost_user_region region = vhost_fixture_region();

	region.guest_phys_addr += (uint64_t)(shape & 3) * FIXTURE_MEMORY;
	region.userspace_addr += (uint64_t)(shape & 3) * FIXTURE_MEMORY;
	if (shape & 4)
		region.mmap_offset = fuzz_u16(run->in);
	if (shape & 8)
		region.memory_size = fuzz_u16(run->in);
	if (shape & 16)
		region.guest_phys_addr = fuzz_u64(run->in);
	if (shape & 32)
		region.userspace_addr = fuzz_u64(run->in);
	return region;
}

static void fill_payload(struct vhost_user_message *message)
{
	struct fuzz_input *in = run->in;
	struct virtq_addresses at = virtq_layout_addresses(
		FIXTURE_USER + FIXTURE_RING + 0x1000u * fuzz_below(in, 3),
		FIXTURE_RING_SIZE);
	unsigned int i, count;

	switch (message->request) {
	case VHOST_USER_SET_MEM_TABLE:
		count = fuzz_u8(in) % 5u;
		message->size = 8 + count * 32;
		message->payload.memory.nregions = count;
		for (i = 0; i < count; i++)
			message->payload.memory.regions[i] = read_region();
		break;
	case VHOST_USER_ADD_MEM_REG:
	case VHOST_USER_REM_MEM_REG:
		message->size = 40;
		message->payload.mem_reg.region = read_region();
		break;
	case VHOST_USER_SET_VRING_ADDR:
		message->size = 40;
		message->payload.addr = (struct vhost_vring_addr){
			.desc_user_addr = at.desc,
			.avail_user_addr = at.driver,
			.used_user_addr = at.device,
		};
		if (fuzz_u8(in) & 1)
			message->payload.addr.used_user_addr =
				fuzz_address(in, FIXTURE_USER, FIXTURE_MEMORY);
		break;
	case VHOST_USER_GET_INFLIGHT_FD:
	case VHOST_USER_SET_INFLIGHT_FD:
		message->size = 20;
		message->payload.inflight = (struct vhost_user_inflight){
			.mmap_size = vhost_inflight_bytes(1, 8),
			.num_queues = 1,
			.queue_size = 8,
		};
		if (fuzz_u8(in) & 1)
			fuzz_copy(in, &message->payload.inflight, 20);
		break;
	case VHOST_USER_GET_CONFIG:
	case VHOST_USER_SET_CONFIG:
		message->payload.config.offset = fuzz_u8(in);
		message->payload.config.size = fuzz_u8(in);
		message->size = 12 + message->payload.config.size;
		break;
	default:
		message->size = 8;
		message->payload.state.index = fuzz_u8(in);
		message->payload.state.num =
			fuzz_u8(in) & 0x80 ?
				fuzz_u32(in) :
				FIXTURE_RING_SIZE * fuzz_below(in, 3);
	}
}

void vhost_send_message(void)
{
	static const uint8_t empty[] = {
		VHOST_USER_GET_FEATURES,    VHOST_USER_SET_OWNER,
		VHOST_USER_RESET_OWNER,     VHOST_USER_GET_QUEUE_NUM,
		VHOST_USER_GET_MAX_MEM_SLOTS,
		VHOST_USER_GET_PROTOCOL_FEATURES,
	};
	struct vhost_user_message message = {
		.request = 1u + fuzz_u8(run->in) % 40u,
		.flags = VHOST_USER_VERSION,
	};
	int fds[VHOST_DESCRIPTORS_MAX];
	uint8_t shape = fuzz_u8(run->in);
	unsigned int count;

	if (shape & 0x80)
		message.flags |= VHOST_USER_NEED_REPLY;
	if (!memchr(empty, (int)message.request, sizeof(empty)))
		fill_payload(&message);
	count = vhost_run_pick_fds(fds, shape % 5u);
	vhost_run_judge(
		vhost_fixture_send(&run->fixture, &message, fds, count));
}

void vhost_send_features(void)
{
	uint64_t protocol = fuzz_u8(run->in) & 1 ? 0 : PROTOCOL_FEATURES;
	uint64_t features = run->fixture.session.features;

	vhost_run_judge(vhost_fixture_u64(
		&run->fixture, VHOST_USER_SET_PROTOCOL_FEATURES, protocol));
	vhost_run_judge(vhost_fixture_u64(&run->fixture,
					  VHOST_USER_SET_FEATURES, features));
	vhost_run_judge(vhost_fixture_share(&run->fixture));
}

void vhost_send_log(bool fresh)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_GET_INFLIGHT_FD,
		.flags = VHOST_USER_VERSION,
		.size = sizeof(struct vhost_user_inflight),
		.payload.inflight = {
			.mmap_size = vhost_inflight_bytes(1, FIXTURE_RING_SIZE),
			.num_queues = 1,
			.queue_size = FIXTURE_RING_SIZE,
		},
	};

	if (fresh)
		vhost_run_judge(
			vhost_fixture_send(&run->fixture, &message, NULL, 0));
	message.request = VHOST_USER_SET_INFLIGHT_FD;
	if (run->fds[LOG] >= 0)
		vhost_run_judge(vhost_fixture_send(&run->fixture, &message,
						   &run->fds[LOG], 1));
}

void vhost_send_ring(void)
{
	struct virtq_addresses at = virtq_layout_addresses(
		FIXTURE_USER + FIXTURE_RING, FIXTURE_RING_SIZE);
	uint8_t shape = fuzz_u8(run->in);

	vhost_run_judge(vhost_fixture_state(
		&run->fixture, VHOST_USER_SET_VRING_NUM, 0, FIXTURE_RING_SIZE));
	vhost_run_judge(vhost_fixture_addr(&run->fixture, 0, 0, at.desc,
					   at.driver, at.device));
	vhost_run_judge(
		vhost_fixture_fd(&run->fixture, VHOST_USER_SET_VRING_CALL, 0,
				 run->fds[shape & 1 ? PIPE_END : EVENT]));
	vhost_run_judge(vhost_fixture_fd(
		&run->fixture, VHOST_USER_SET_VRING_KICK, 0, run->fds[EVENT]));
	vhost_run_judge(vhost_fixture_state(&run->fixture,
					    VHOST_USER_SET_VRING_ENABLE, 0, 1));
}
