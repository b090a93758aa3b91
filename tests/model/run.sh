#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <model>: carries out all searches that models.conf declares for one
# model, bounded in time and memory, and prints TAP. A search that was cut short
# is a failure whatever it found until then. What is not as declared is shown as
# the story of the counter-example.

model=$1
here=$(dirname "$0")
source=$(realpath "$here/$model.pml")
limit=600	# seconds per step of a search
memory=1500	# MiB
depth=1000000
cut_short='depth too small|-DMEMLIM bound|out of memory|aborting|VECTORSZ'
count=0

# What spin, the compiler and the verifier are told for a search.
search_options()
{
	case $1 in
	safety)		cc_options="-DSAFETY -DNOCLAIM" pan_options=""
			looked_for='assertion violations|invalid end states' ;;
	progress)	cc_options="-DNP -DNOCLAIM" pan_options="-l -f"
			looked_for='non-progress cycles .*fairness enabled' ;;
	*)		cc_options="" pan_options="-a -f -N $1"
			looked_for='acceptance   cycles .*fairness enabled' ;;
	esac
}

# build <options for the compiler>: makes ./pan out of the model
# shellcheck disable=SC2086 # options
build()
{
	local define

	defines=()
	for define in "${wanted_defines[@]}"; do
		defines+=("-D$define")
	done
	timeout $limit spin -a "${defines[@]}" "$source" > spin.log 2>&1 &&
		! grep -q 'Error' spin.log &&
		timeout $limit gcc -O0 -w -DMEMLIM=$memory $1 -o pan pan.c \
			>> spin.log 2>&1
}

# Says in one word, or more if it is none of models.conf, how the search ended.
judge()
{
	local line

	[ "$1" -ne 124 ] || { echo "not finished after $limit s"; return; }
	line=$(grep -m 1 -E "$cut_short" pan.log)
	[ -z "$line" ] || { echo "cut short: $line"; return; }
	line=$(grep -m 1 '^pan:1:' pan.log)
	case $line in
	*'assertion violated - '*)	echo "a mistake in the model: $line" ;;
	*'assertion violated'*)		echo assertion ;;
	*'invalid end state'*)		echo deadlock ;;
	*'non-progress cycle'*)		echo livelock ;;
	*'acceptance cycle'*)		echo violated ;;
	'')
		if ! grep -q 'errors: 0$' pan.log || [ "$1" -ne 0 ] ||
		   ! grep -q '^Full statespace search' pan.log ||
		   grep -q 'Search not completed' pan.log; then
			echo "no verdict, status $1"
		elif grep -E "$looked_for" pan.log | grep -qv '+' ||
		     ! grep -qE "$looked_for" pan.log; then
			echo "not what was to be searched for"
		else
			echo holds
		fi ;;
	*)				echo "$line" ;;
	esac
}

# The counter-example: if possible the shortest one.
tell()
{
	if [ "$search" = safety ] && build "$cc_options -DBFS"; then
		cp "$model.pml.trail" long.trail
		timeout 60 ./pan -m$depth > bfs.log 2>&1
		[ -s "$model.pml.trail" ] || cp long.trail "$model.pml.trail"
	fi
	echo "the end of the counter-example ($PWD/$model.pml.trail):"
	timeout 60 spin -t -k "$model.pml.trail" "${defines[@]}" "$source" \
		> story.log 2>&1
	sed '/^spin: trail ends/,$d' story.log | tail -n 50
	grep -E 'proc +[0-9]+ \(' story.log
}

run()
{
	local verdict status states

	name=$1 search=$2 expected=$3
	shift 3
	wanted_defines=("$@")
	count=$((count + 1))
	mkdir -p "$work/$name"
	cd "$work/$name" || exit 1
	rm -f -- *
	search_options "$search"
	# The verifier would take another claim for one that it does not know.
	if [[ $pan_options = *-N* ]] && ! grep -q "^ltl $search " "$source"; then
		verdict="no claim of that name"
	elif build "$cc_options"; then
		# shellcheck disable=SC2086 # options
		timeout $limit ./pan -m$depth $pan_options > pan.log 2>&1
		status=$?
		verdict=$(judge $status)
	else
		verdict="not a model: $(tail -n 3 spin.log)"
	fi
	states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' pan.log 2> /dev/null)
	if [ "$verdict" = "$expected" ]; then
		echo "ok $count - $name: $verdict ($states states)"
	else
		echo "not ok $count - $name: $expected"
		{
			echo "$model $name: expected $expected, got $verdict"
			[ ! -s "$model.pml.trail" ] || tell
		} >&2
	fi
	cd "$top" || exit 1
}

for tool in spin gcc; do
	command -v $tool > /dev/null && continue
	echo "Bail out! $tool is not installed"
	exit 1
done
top=$PWD
work=$top/build/model/$model
mkdir -p "$work"
while read -r of words <&3; do
	# shellcheck disable=SC2086 # words
	[ "$of" != "$model" ] || run $words
done 3< "$here/models.conf"
echo "1..$count"
[ $count -gt 0 ]
