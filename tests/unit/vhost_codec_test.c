/* SPDX-License-Identifier: BSD-2-Clause */
/* vhost-user messages to bytes and back, and bytes that are no message. */
#include <string.h>

#include <unit.h>
#include <vhost/codec.h>

static const uint32_t known[] = {
	VHOST_USER_GET_FEATURES,	VHOST_USER_SET_FEATURES,
	VHOST_USER_SET_OWNER,		VHOST_USER_RESET_OWNER,
	VHOST_USER_SET_MEM_TABLE,	VHOST_USER_SET_VRING_NUM,
	VHOST_USER_SET_VRING_ADDR,	VHOST_USER_SET_VRING_BASE,
	VHOST_USER_GET_VRING_BASE,	VHOST_USER_SET_VRING_KICK,
	VHOST_USER_SET_VRING_CALL,	VHOST_USER_SET_VRING_ERR,
	VHOST_USER_GET_PROTOCOL_FEATURES, VHOST_USER_SET_PROTOCOL_FEATURES,
	VHOST_USER_GET_QUEUE_NUM,	VHOST_USER_SET_VRING_ENABLE,
	VHOST_USER_GET_CONFIG,		VHOST_USER_SET_CONFIG,
	VHOST_USER_GET_INFLIGHT_FD,	VHOST_USER_SET_INFLIGHT_FD,
	VHOST_USER_GET_MAX_MEM_SLOTS,	VHOST_USER_ADD_MEM_REG,
	VHOST_USER_REM_MEM_REG,
};
#define KNOWN	(sizeof(known) / sizeof(known[0]))

static int decode_words(uint32_t request, uint32_t flags, uint32_t size,
			enum vhost_user_sender sender)
{
	uint32_t words[3] = { request, flags, size };
	struct vhost_user_message message;
	struct vhost_fault fault = { 0 };
	int ret = vhost_user_decode_header(&message, words, sender, &fault);

	if (ret) {
		UNIT_ASSERT_INT(fault.error, ret);
		CU_ASSERT(strlen(fault.text) > 20);
	}
	return ret;
}

static bool is_known(uint32_t request)
{
	unsigned int i;

	for (i = 0; i < KNOWN; i++)
		if (known[i] == request)
			return true;
	return false;
}

static void layout_is_the_wire(void)
{
	/* As a dump of the specification's own example structures has it. */
	static const uint8_t wire[] = {
		9, 0, 0, 0, 1, 0, 0, 0, 40, 0, 0, 0,
		1, 0, 0, 0, 2, 0, 0, 0,
		3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0,
		5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
	};
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_VRING_ADDR,
		.flags = VHOST_USER_VERSION,
		.size = 40,
		.payload.addr = { 1, 2, 3, 4, 5, 6 },
	};
	uint8_t bytes[VHOST_USER_MESSAGE_MAX];

	UNIT_ASSERT_INT(vhost_user_encode(&message, bytes), sizeof(wire));
	/* Little-endian hosts only: the protocol is the host's own order. */
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		CU_ASSERT(!memcmp(bytes, wire, sizeof(wire)));
}

static void messages_survive_the_way(void)
{
	struct vhost_user_message in = {
		.request = VHOST_USER_SET_MEM_TABLE,
		.flags = VHOST_USER_VERSION | VHOST_USER_NEED_REPLY,
		.size = 8 + 2 * 32,
		.payload.memory = {
			.nregions = 2,
			.regions = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 } },
		},
	}, out;
	uint8_t bytes[VHOST_USER_MESSAGE_MAX];
	struct vhost_fault fault;

	UNIT_ASSERT_INT(vhost_user_encode(&in, bytes), 12 + 72);
	UNIT_ASSERT_INT(vhost_user_decode_header(
		&out, bytes, VHOST_USER_FRONT_END, &fault), VHOST_OK);
	UNIT_ASSERT_INT(out.size, in.size);
	UNIT_ASSERT_INT(vhost_user_decode_payload(
		&out, bytes + 12, VHOST_USER_FRONT_END, &fault), VHOST_OK);
	UNIT_ASSERT_INT(out.request, in.request);
	UNIT_ASSERT_INT(out.flags, in.flags);
	CU_ASSERT(!memcmp(&in.payload, &out.payload, 72));
	/* What was not sent is zero, not what was there before. */
	UNIT_ASSERT_INT(out.payload.memory.regions[2].memory_size, 0);
}

static void unknown_requests_are_refused(void)
{
	uint32_t request, served = 0;

	for (request = 0; request < 300; request++) {
		bool accepted = false;
		uint32_t size;

		for (size = 0; size <= 64; size += 4)
			if (decode_words(request, VHOST_USER_VERSION, size,
					 VHOST_USER_FRONT_END) !=
			    VHOST_ERR_REQUEST)
				accepted = true;
		CU_ASSERT(accepted == is_known(request));
		served += accepted;
	}
	UNIT_ASSERT_INT(served, KNOWN);
	UNIT_ASSERT_INT(decode_words(UINT32_MAX, VHOST_USER_VERSION, 0,
				     VHOST_USER_FRONT_END), VHOST_ERR_REQUEST);
	CU_ASSERT_STRING_EQUAL(vhost_user_request_name(77), "request 77");
	CU_ASSERT_STRING_EQUAL(vhost_user_request_name(5), "SET_MEM_TABLE");
}

static void flags_are_checked(void)
{
	static const struct {
		uint32_t flags;
		enum vhost_user_sender sender;
		int result;
	} cases[] = {
		{ 0, VHOST_USER_FRONT_END, VHOST_ERR_HEADER },
		{ 2, VHOST_USER_FRONT_END, VHOST_ERR_HEADER },
		{ 3, VHOST_USER_FRONT_END, VHOST_ERR_HEADER },
		{ 1, VHOST_USER_FRONT_END, VHOST_OK },
		{ 1 | 4, VHOST_USER_FRONT_END, VHOST_ERR_HEADER },
		{ 1 | 8, VHOST_USER_FRONT_END, VHOST_OK },
		{ 1 | 16, VHOST_USER_FRONT_END, VHOST_ERR_HEADER },
		{ 1 | 1u << 31, VHOST_USER_FRONT_END, VHOST_ERR_HEADER },
		{ 1, VHOST_USER_BACK_END, VHOST_ERR_HEADER },
		{ 2 | 4, VHOST_USER_BACK_END, VHOST_ERR_HEADER },
		{ 1 | 4 | 32, VHOST_USER_BACK_END, VHOST_ERR_HEADER },
		{ 1 | 4, VHOST_USER_BACK_END, VHOST_OK },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		UNIT_ASSERT_INT(
			decode_words(VHOST_USER_GET_FEATURES, cases[i].flags,
				     cases[i].sender == VHOST_USER_BACK_END ?
					     8 : 0,
				     cases[i].sender),
			cases[i].result);
}

/* For each request: every size but its own is refused. */
static void wrong_sizes_are_refused(void)
{
	static const struct {
		uint32_t request;
		uint32_t min, max;	/* as decode_header() bounds them */
	} cases[] = {
		{ VHOST_USER_GET_FEATURES, 0, 0 },
		{ VHOST_USER_SET_FEATURES, 8, 8 },
		{ VHOST_USER_SET_MEM_TABLE, 8, 8 + 16 * 32 },
		{ VHOST_USER_SET_VRING_NUM, 8, 8 },
		{ VHOST_USER_SET_VRING_ADDR, 40, 40 },
		{ VHOST_USER_SET_VRING_KICK, 8, 8 },
		{ VHOST_USER_GET_CONFIG, 12, 12 + 256 },
		{ VHOST_USER_SET_INFLIGHT_FD, 20, 24 },
		{ VHOST_USER_ADD_MEM_REG, 40, 40 },
	};
	unsigned int i;
	uint32_t size;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size = 0; size < 600; size++)
			UNIT_ASSERT_INT(
				decode_words(cases[i].request, 1, size,
					     VHOST_USER_FRONT_END),
				size < cases[i].min || size > cases[i].max ?
					VHOST_ERR_SIZE : VHOST_OK);
	UNIT_ASSERT_INT(decode_words(VHOST_USER_SET_MEM_TABLE, 1, UINT32_MAX,
				     VHOST_USER_FRONT_END), VHOST_ERR_SIZE);
	/* An acknowledgement is a number, whatever was asked. */
	UNIT_ASSERT_INT(decode_words(VHOST_USER_SET_OWNER, 5, 8,
				     VHOST_USER_BACK_END), VHOST_OK);
	UNIT_ASSERT_INT(decode_words(VHOST_USER_SET_OWNER, 5, 0,
				     VHOST_USER_BACK_END), VHOST_ERR_SIZE);
}

static int decode_payload(uint32_t request, uint32_t size, uint32_t word,
			  unsigned int at)
{
	struct vhost_user_message message = { .request = request,
					      .flags = 1,
					      .size = size };
	uint32_t words[VHOST_USER_PAYLOAD_MAX / 4] = { 0 };
	struct vhost_fault fault;

	words[at] = word;
	return vhost_user_decode_payload(&message, words, VHOST_USER_FRONT_END,
					 &fault);
}

static void counts_that_lie_are_refused(void)
{
	uint32_t request = VHOST_USER_SET_MEM_TABLE;

	UNIT_ASSERT_INT(decode_payload(request, 8 + 32, 1, 0), VHOST_OK);
	UNIT_ASSERT_INT(decode_payload(request, 8 + 32, 2, 0), VHOST_ERR_SIZE);
	UNIT_ASSERT_INT(decode_payload(request, 8 + 32, 0, 0), VHOST_ERR_SIZE);
	UNIT_ASSERT_INT(decode_payload(request, 8 + 31, 1, 0), VHOST_ERR_SIZE);
	/* 2^27 regions of 32 bytes: a product of 32 bits would be zero. */
	UNIT_ASSERT_INT(decode_payload(request, 8, 1u << 27, 0),
			VHOST_ERR_SIZE);
	request = VHOST_USER_SET_CONFIG;
	UNIT_ASSERT_INT(decode_payload(request, 12 + 4, 4, 1), VHOST_OK);
	UNIT_ASSERT_INT(decode_payload(request, 12 + 4, 5, 1), VHOST_ERR_SIZE);
	UNIT_ASSERT_INT(decode_payload(request, 12, UINT32_MAX - 11, 1),
			VHOST_ERR_SIZE);
	request = VHOST_USER_SET_INFLIGHT_FD;
	UNIT_ASSERT_INT(decode_payload(request, 20, 0, 0), VHOST_OK);
	UNIT_ASSERT_INT(decode_payload(request, 24, 0, 0), VHOST_OK);
	UNIT_ASSERT_INT(decode_payload(request, 22, 0, 0), VHOST_ERR_SIZE);
}

static const struct unit_test tests[] = {
	UNIT_TEST(layout_is_the_wire),
	UNIT_TEST(messages_survive_the_way),
	UNIT_TEST(unknown_requests_are_refused),
	UNIT_TEST(flags_are_checked),
	UNIT_TEST(wrong_sizes_are_refused),
	UNIT_TEST(counts_that_lie_are_refused),
};

UNIT_MAIN("vhost_codec", tests)
