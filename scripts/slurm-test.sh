#!/usr/bin/env bash
# slurm-test.sh: runs scripts/ppt-omp-mpi.sbatch under a Slurm of its own, which has this machine as
# its one node, and stops it again. Builds and installs what is missing; needs root and two CPUs.
# Takes one or two minutes, in which it mostly waits.
#
# Looked at: a job to its end; two ranks that share a node; a job that is interrupted, and resumed
# by another one; a job whose time is nearly up. Each with its exit code, its journal and its
# closing line. The exit code is 1 when something is wrong; the folder with all logs is kept then.
#
# Environment: PPT_OMP_MPI names a program that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

if [ "$(id -u)" != 0 ]; then
    say "a Slurm of its own takes root"
    exit 2
fi
need slurmctld slurmd slurm-client munge libopenmpi-dev openmpi-bin python3
if [ -z "${PPT_OMP_MPI-}" ]; then
    bash scripts/setup.sh build
fi
program=$(readlink -f "${PPT_OMP_MPI:-build/ppt-omp-mpi}")
sources=$PWD

# Not the sockets and ports of a Slurm that may be here already. Everybody may pass through the
# folder, since munged does not run as root.
folder=$(mktemp -d "${TMPDIR:-/tmp}/ppt-slurm.XXXXXX")
chmod 755 "$folder"
daemons=()
failed=yes

cleanup() {
    local pid
    [ ${#daemons[@]} = 0 ] || scancel --quiet --user=root 2>/dev/null || true
    # In the order in which they need each other.
    for pid in "${daemons[@]}"; do
        kill "$pid" 2>/dev/null || true
        # One that hangs must not hold this up.
        timeout 20 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
    done
    if [ -n "$failed" ]; then
        say "what happened is in $folder"
    else
        rm -rf "$folder"
    fi
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])'
}

start_slurm() {
    local host
    host=$(hostname -s)
    mkdir "$folder"/{munge,state,spool}
    head -c 1024 /dev/urandom >"$folder/munge/key"
    chmod 400 "$folder/munge/key"
    chown -R munge: "$folder/munge"
    setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --num-threads=1 \
        --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
        --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" \
        --log-file="$folder/munge/log" 2>"$folder/munge/stderr" &
    daemons=("$!")

    cat >"$folder/slurm.conf" <<END
ClusterName=ppt-omp
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=5
KillWait=20
MinJobAge=600
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
END
    export SLURM_CONF=$folder/slurm.conf
    wait_for 10 test -S "$folder/munge/socket"
    slurmctld -D &>"$folder/slurmctld.out" &
    daemons=("$!" "${daemons[@]}")
    slurmd -D &>"$folder/slurmd.out" &
    daemons=("$!" "${daemons[@]}")
    wait_for 60 node_is_idle
}

# wait_for SECONDS COMMAND...
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            say "still not so: $*"
            return 1
        fi
        sleep 0.2
    done
}

# shellcheck disable=SC2317  # called by wait_for
node_is_idle() {
    [ "$(sinfo --noheader --format=%t 2>/dev/null)" = idle ]
}

# submit [options of sbatch] -- ARGUMENTS: leaves the job's number in `job`.
submit() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    job=$(PPT_OMP_MPI=$program PPT_OMP_LAUNCHER=$sources/scripts/mpirun.sh \
        sbatch --parsable --nodes=1 --time=5 "${options[@]}" \
        "$sources/scripts/ppt-omp-mpi.sbatch" "$@")
}

# What Slurm says of the job: state, exit code and signal.
state() {
    scontrol --oneliner show job "$job" |
        sed -E 's/.* JobState=([A-Z_]+).* ExitCode=([0-9]+:[0-9]+).*/\1 \2/'
}

# shellcheck disable=SC2317  # called by wait_for
has_ended() {
    case $(state) in
    PENDING* | RUNNING* | CONFIGURING* | COMPLETING*) return 1 ;;
    esac
}

# shellcheck disable=SC2317  # called by wait_for
has_passes() {
    local journals=(ppt-omp-"$job"/*__*/samples.jsonl)
    [ -f "${journals[0]}" ] && [ "$(grep -c '"type":"pass"' "${journals[0]}")" -ge "$1" ]
}

# expect WHAT IS SHOULD-BE
expect() {
    if [ "$2" != "$3" ]; then
        say "$1: \"$2\" instead of \"$3\""
        cat "ppt-omp-$job.log" >&2
        exit 1
    fi
    say "$1: $2"
}

# check FOLDER: how many passes a journal has, and its last line. A pass that is there twice, or a
# digest that differs, is an error.
check() {
    python3 - "$1/samples.jsonl" <<'END'
import collections, json, sys

lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
passes = [line for line in lines if line["type"] == "pass"]
points = collections.Counter((p["block"], p.get("ranks", 0), p["workers"]) for p in passes)
assert max(points.values()) == 1, "a pass was measured twice"
digests = collections.defaultdict(set)
for p in passes:
    digests[p["block"]].add(p["digest"])
assert all(len(d) == 1 for d in digests.values()), "digests differ"
print(len(passes), "passes,", lines[-1]["type"], lines[-1].get("status"))
END
}

# The CPUs of the ranks.
cpus() {
    python3 - "$1/samples.jsonl" <<'END'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    print(*(rank["cpus"] for rank in json.loads(file.readline())["host"]["cluster"]))
END
}

configuration() {
    printf '{"task": "wait", "task_args": [%s], "task_count": 20, "workers": [1, 2],
 "ranks": [%s], "iterations": %s, "warmup": 0, "seed": 7}\n' "$@"
}

start_slurm
cd "$folder"
ln -s "$sources/scripts" scripts
configuration 10 1 3 >short.json
configuration 10 1,2 3 >shared.json
configuration 50 1 20 >long.json
configuration 50 1 300 >endless.json

submit -- short.json
wait_for 60 has_ended
expect "a job" "$(state)" "COMPLETED 0:0"
expect "its journal" "$(check "ppt-omp-$job/latest")" "6 passes, end 0"

submit -- nowhere.json
wait_for 60 has_ended
expect "a job with a wrong command line" "$(state)" "FAILED 2:0"

submit --ntasks-per-node=2 --cpus-per-task=1 -- shared.json
wait_for 60 has_ended
expect "two ranks on a node" "$(state)" "COMPLETED 0:0"
expect "its journal" "$(check "ppt-omp-$job/latest")" "12 passes, end 0"
expect "their CPUs" "$(cpus "ppt-omp-$job/latest")" "0 1"

submit -- long.json
wait_for 60 has_passes 3
scancel --batch --signal=TERM "$job"
wait_for 60 has_ended
expect "an interrupted job" "$(state)" "FAILED 130:0"
first=ppt-omp-$job
expect "its last line" "$(check "$first/latest" | sed 's/.*, //')" "end 130"
submit -- resume "$first/latest"
wait_for 90 has_ended
expect "the job that resumes it" "$(state)" "COMPLETED 0:0"
expect "its journal" "$(check "$first/latest")" "40 passes, end 0"

# Slurm looks after the time of jobs every half a minute.
submit --time=1 --signal=B:TERM@20 -- endless.json
wait_for 120 has_ended
expect "a job whose time is nearly up" "$(state)" "FAILED 130:0"
expect "its last line" "$(check "ppt-omp-$job/latest" | sed 's/.*, //')" "end 130"

failed=''
say "all is well"
