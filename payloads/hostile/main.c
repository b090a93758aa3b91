/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several lives, each of which first looks for what a former one left: the
 * first few storm and leave behind what they can, the sixth (or the last, if
 * there are fewer) attacks, and each but the last ends in the middle of what is
 * worst for its end (restart.c). Each says how many attempts were refused; one
 * that got through, or any other failed check, ends the compartment as failed
 * in that life.
 *
 * Boot arguments:
 *	lives=N		restart N - 1 times (16); 1: attack only
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/report.h>
#include "hostile.h"
#include "leftover.h"

#define LIVES_DEFAULT	16
#define LIFE_ATTACK	6

static void hostile_attack(void)
{
	reach_run();
	architecture_run();
	calls_run();
	doorbell_run();
	dma_run();
}

static void hostile_summarise(uint64_t life)
{
	print("life %lu: %lu attempts refused, %lu got through\n", life,
	      attempt_totals.refused, attempt_totals.through);
	print("checks: %u passed, %u failed\n", report_totals.passed,
	      report_totals.failed);
	if (attempt_totals.through || report_totals.failed)
		firmware_end(true);
}

void payload_main(void)
{
	uint64_t lives = tree_get_number(&tree, "lives", LIVES_DEFAULT);
	uint64_t life = firmware_get_life();

	restart_check();
	print("life %lu of %lu\n", life, lives);
	residue_check();
	if (life == (lives < LIFE_ATTACK ? lives : LIFE_ATTACK)) {
		hostile_attack();
	} else if (life <= leftover_way_count) {
		storm_run();
		residue_prepare(life);
	}
	hostile_summarise(life);
	if (life < lives)
		restart_run(life);
	firmware_end(false);
}
