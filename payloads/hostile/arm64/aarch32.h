/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of attempts from EL0 in AArch32. One hart. */
#ifndef HOSTILE_ARM64_AARCH32_H
#define HOSTILE_ARM64_AARCH32_H

void aarch32_run(void);

#endif
