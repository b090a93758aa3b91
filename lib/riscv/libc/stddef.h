/* SPDX-License-Identifier: BSD-2-Clause */
#include <sbi/sbi_types.h>
