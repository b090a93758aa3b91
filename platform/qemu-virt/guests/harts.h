// SPDX-License-Identifier: BSD-2-Clause
// How the machine's HARTS harts are divided: hart 0 serves; all others are for one
// system, or for two of them.

#if HARTS == 2
#define HARTS_OF_ONE	1
#elif HARTS == 3
#define HARTS_OF_ONE	1 2
#define HARTS_OF_FIRST	1
#define HARTS_OF_SECOND	2
#elif HARTS == 4
#define HARTS_OF_ONE	1 2 3
#define HARTS_OF_FIRST	1 2
#define HARTS_OF_SECOND	3
#elif HARTS == 5
#define HARTS_OF_ONE	1 2 3 4
#define HARTS_OF_FIRST	1 2
#define HARTS_OF_SECOND	3 4
#elif HARTS == 6
#define HARTS_OF_ONE	1 2 3 4 5
#define HARTS_OF_FIRST	1 2 3
#define HARTS_OF_SECOND	4 5
#elif HARTS == 7
#define HARTS_OF_ONE	1 2 3 4 5 6
#define HARTS_OF_FIRST	1 2 3
#define HARTS_OF_SECOND	4 5 6
#elif HARTS == 8
#define HARTS_OF_ONE	1 2 3 4 5 6 7
#define HARTS_OF_FIRST	1 2 3 4
#define HARTS_OF_SECOND	5 6 7
#endif
