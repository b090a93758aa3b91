/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <vhost/error.h>

int vhost_fault_set(struct vhost_fault *fault, int error, const char *format,
		    ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	fault->error = error;
	return error;
}

int vhost_fault_system(struct vhost_fault *fault, const char *format, ...)
{
	int number = errno;
	va_list arguments;
	size_t length;

	va_start(arguments, format);
	vsnprintf(fault->text, sizeof(fault->text), format, arguments);
	va_end(arguments);
	length = strlen(fault->text);
	snprintf(fault->text + length, sizeof(fault->text) - length, ": %s",
		 strerror(number));
	fault->error = VHOST_ERR_SYSTEM;
	return VHOST_ERR_SYSTEM;
}
