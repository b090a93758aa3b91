/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices that the firmware plays for guests: which one an access is for. */
#include "present.h"

enum guest_access_result present_access(struct hart *self,
					struct guest_access *access)
{
	enum guest_access_result result = present_channel_access(self, access);

	if (result == GUEST_ACCESS_NONE)
		result = present_uart_access(self, access);
	return result;
}
