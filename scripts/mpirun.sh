#!/usr/bin/env bash
# mpirun.sh [OPTIONS] [options of mpirun] -- PROGRAM [ARGUMENTS]
#
# Runs ppt-omp-mpi under Open MPI's mpirun and ends when the run does, with the run's exit code.
# mpirun alone may wait for ever for a host that is gone, and its code says little about the run:
#
#   scripts/mpirun.sh -n 4 --host node1:2,node2:2 -- build/ppt-omp-mpi my.json --ranks 0,1,2,4
#   scripts/mpirun.sh -n 4 --host node1:2,node2:2 -- build/ppt-omp-mpi resume output/latest
#
#   --deadline SECONDS  interrupts the run after so long (default: never)
#   --grace SECONDS     time that mpirun has to end after rank 0 did (default: 10)
#   --exit-dir DIR      where rank 0 leaves its exit code; this script and rank 0 must see the same
#                       folder there (default: the working folder, where rank 0 writes its results)
#
# INT, TERM and HUP, and the deadline, interrupt the run: it saves what was measured and ends with
# 130. A second signal does not wait for that, a third one kills.
#
# Exit codes are those of ppt-omp-mpi. It is 1 also when a rank, a host or mpirun was lost: what was
# complete is in the journal then, and `resume` goes on behind it. It is 2 when this command line is
# wrong.
#
# Environment: PPT_OMP_MPIRUN names the mpirun to use. All PPT_OMP_* variables reach all ranks.
# Ranks are not bound to CPUs, since their workers would share what is meant for one; --bind-to and
# --map-by say it otherwise.
set -euo pipefail

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

refuse() {
    say "$*"
    say "usage: ${0##*/} [OPTIONS] [options of mpirun] -- PROGRAM [ARGUMENTS]; --help says more"
    exit 2
}

seconds() {
    [[ ${2-} =~ ^[0-9]{1,9}$ ]] || refuse "$1: '${2-}' is not a number of seconds"
}

deadline='' grace=10 parent=''
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
    --help | -h)
        sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    --deadline)
        seconds "$@"
        deadline=$((10#$2))
        shift
        ;;
    --grace)
        seconds "$@"
        grace=$((10#$2))
        shift
        ;;
    --exit-dir)
        [ -d "${2-}" ] || refuse "--exit-dir: '${2-}' is not a folder"
        parent=$2
        shift
        ;;
    *) options+=("$1") ;;
    esac
    shift
done
[ $# -gt 1 ] || refuse "no program behind --"
shift

mpirun=${PPT_OMP_MPIRUN:-mpirun}
if ! version=$("$mpirun" --version 2>&1) || [[ $version != *"Open MPI"* ]]; then
    refuse "'$mpirun' is not the mpirun of Open MPI; PPT_OMP_MPIRUN names another"
fi

# The working folder is the one place that rank 0 is known to have too, wherever it runs.
# Results may be meant for another one, where nothing can be written here.
name=.ppt-omp-mpirun.XXXXXX
folder=$(mktemp -d "$(cd "${parent:-.}" && pwd)/$name" 2>/dev/null) ||
    folder=$(mktemp -d "${TMPDIR:-/tmp}/$name")
export PPT_OMP_EXIT_FILE=$folder/exit

if [ "$EUID" = 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
# By the environment, so that options of mpirun win.
export OMPI_MCA_hwloc_base_binding_policy=${OMPI_MCA_hwloc_base_binding_policy-none}
# When a rank ends badly, mpirun sleeps for so many seconds, sends TERM to the others, sleeps as
# long again, kills them, and passes on what they printed. The others notice it by themselves;
# ten seconds remain to rank 0 then for its reports.
patience=${PPT_OMP_RANK_TIMEOUT-}
[[ $patience =~ ^[0-9]{1,6}$ ]] || patience=20
patience=${OMPI_MCA_odls_base_sigkill_timeout-$((10#$patience / 2 + 5))}
export OMPI_MCA_odls_base_sigkill_timeout=$patience
# A host that cannot be reached any more is noticed after half a minute instead of eight.
export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time-10}
export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl-5}
export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes-4}
# mpirun gives a rank a terminal for its output wherever that goes in the end.
[ -t 1 ] || export NO_COLOR=1
unset PPT_OMP_MPIRUN
for name in "${!PPT_OMP_@}" "${!NO_COLOR@}"; do
    export "${name?}"
    options+=(-x "$name")
done

mpirun_pid='' rank0_pid='' members=() signals=0 level=0 due=''

# Reads into `members` which processes belong to mpirun's session, itself included, and into
# `rank0_pid` which of them is rank 0; that is empty when it runs on another host.
look() {
    local file line fields entry
    members=() rank0_pid=''
    for file in /proc/[0-9]*/stat; do
        { read -r line <"$file"; } 2>/dev/null || continue
        # Behind the name, which may hold anything: state, parent, group, session.
        read -ra fields <<<"${line##*) }"
        [[ ${fields[3]} == "$mpirun_pid" && ${fields[0]} != [ZX] ]] || continue
        file=${file%/stat}
        members+=("${file##*/}")
        [ "${fields[1]}" = "$mpirun_pid" ] || continue
        while IFS= read -r -d '' entry; do
            if [ "$entry" = OMPI_COMM_WORLD_RANK=0 ]; then
                rank0_pid=${file##*/}
            fi
        done 2>/dev/null <"$file/environ" || true
    done
}

# Whether rank 0 came to its end. By a listing: a network file system may remember for half a minute
# that a name was not there.
has_ended() {
    local names=("$folder"/exi[t])
    [ -e "${names[0]}" ]
}

# Whether rank 0 is known to run here no more. mpirun, when it sleeps, leaves a zombie of it.
is_gone() {
    local line
    [ -n "$rank0_pid" ] || return 1
    { read -r line <"/proc/$rank0_pid/stat"; } 2>/dev/null || return 0
    [[ ${line##*) } == [ZX]* ]]
}

# The next, harder way of ending the run.
stop() {
    [ -n "$mpirun_pid" ] || return 0
    level=$((level + 1))
    if [ "$level" = 1 ]; then
        # Not through mpirun, which would wait for a while, pass it on, and soon kill.
        look
        if [ -n "$rank0_pid" ] && ! has_ended && kill -TERM "$rank0_pid" 2>/dev/null; then
            due=$((SECONDS + 60))
            return
        fi
        level=2
    fi
    if [ "$level" = 2 ]; then
        kill -TERM "$mpirun_pid" 2>/dev/null || true
        due=$((SECONDS + 5))
        # It takes twice that time to end the ranks.
        has_ended || due=$((due + 2 * patience))
        return
    fi
    look
    kill -KILL "${members[@]}" 2>/dev/null || true
    due=$((SECONDS + 5))
}

# shellcheck disable=SC2317  # called by trap
cleanup() {
    local code=$?
    trap '' INT TERM HUP
    if [ -n "$mpirun_pid" ]; then
        look
        [ ${#members[@]} = 0 ] || kill -KILL "${members[@]}" 2>/dev/null || true
    fi
    # The second one is mpirun's own, which it leaves behind when it is killed.
    rm -rf "$folder" "${TMPDIR:-/tmp}/ompi.${HOSTNAME%%.*}.$EUID/pid.${mpirun_pid:-none}"
    exit "$code"
}

trap cleanup EXIT

# What happens is told by lines of a pipe: a signal, mpirun's process id, its end and exit code.
# After a signal `read` goes on reading, and forgets its time limit.
pipe=$(mktemp -d)
mkfifo "$pipe/news"
exec {news}<>"$pipe/news"
rm -r "$pipe"
trap 'echo signal >&"$news"' INT TERM HUP

# mpirun is in a session of its own, or it would have a Ctrl-C besides what is passed on, and take
# that for the second one. How it ends is told here, so the shell beside it need not.
exec {err}>&2
{
    trap : INT TERM HUP
    code=0
    (
        echo "started $BASHPID" >&"$news"
        exec setsid "$mpirun" "${options[@]}" "$@" {news}>&- 2>&"$err" {err}>&-
    ) || code=$?
    echo "ended $code" >&"$news"
} </dev/null 2>/dev/null &

code='' ended=''
while true; do
    what=''
    # Waits without starting a process each time, which would be measured too.
    read -r -t 1 -u "$news" what value || true
    case $what in
    started)
        mpirun_pid=$value
        [ "$signals" = 0 ] || stop
        ;;
    ended)
        code=$value
        break
        ;;
    signal)
        signals=$((signals + 1))
        stop
        ;;
    esac
    if [ -n "$deadline" ] && [ "$SECONDS" -ge "$deadline" ]; then
        say "the deadline of $deadline s has passed"
        deadline=''
        signals=$((signals + 1))
        [ "$level" != 0 ] || stop
    fi
    if [ -z "$ended" ] && has_ended; then
        ended=yes
        if [ "$level" -lt 2 ]; then
            level=1
            due=$((SECONDS + grace))
        fi
    fi
    if [ "$level" = 1 ] && is_gone && ! has_ended; then
        # The signal came before it could heed one, so there is nothing to wait for.
        level=2
        due=$SECONDS
    fi
    if [ -n "$due" ] && [ "$SECONDS" -ge "$due" ]; then
        # What KILL does not end, nothing does.
        [ "$level" -lt 3 ] || break
        stop
    fi
done
trap '' INT TERM HUP

resume="${0##*/}${options[*]:+ ...} -- $1 resume RUN_DIR"
if ! has_ended; then
    why="it could not start, or a rank, a host or mpirun was lost"
    [ "$signals" = 0 ] || why="it was interrupted too early, or more than once"
    say "mpirun ended${code:+ with $code} before rank 0 came to its end: $why."
    say "If there is a folder of the run, the passes that were complete are in its samples.jsonl;" \
        "go on behind them with: $resume"
    say "(If all is well but rank 0 runs on a host that has another ${folder%/*}, see --exit-dir.)"
    exit 1
fi
result=$(<"$PPT_OMP_EXIT_FILE")
if [ -n "$ended" ] && [ "$level" -ge 2 ]; then
    say "mpirun did not end after rank 0 did, and was made to: the last output may be missing."
fi
if [ "$result" = 130 ] && [ "$signals" = 0 ]; then
    say "a rank was lost, so mpirun interrupted the others. The passes that were complete are in" \
        "samples.jsonl of the run's folder; go on behind them with: $resume"
    exit 1
fi
exit "$result"
