#!/bin/bash
# A single-machine Slurm cluster for slurm.test.ts: `cluster.sh start FOLDER`, `cluster.sh stop FOLDER`.
# Needs root, slurm-wlm and munge. Configuration, state and logs are in FOLDER; SLURM_CONF=FOLDER/slurm.conf points Slurm's commands to it.
set -euo pipefail
folder=$2
export SLURM_CONF=$folder/slurm.conf

start_controller() {
  slurmctld -L "$folder/slurmctld.log"
  for _ in $(seq 100); do
    scontrol ping 2>/dev/null | grep -q UP && return
    sleep 0.1
  done
  cat "$folder/slurmctld.log" >&2
  exit 1
}

stop_by() { [ ! -e "$1" ] || kill "$(cat "$1")" 2>/dev/null || true; }

case $1 in
start)
  mkdir -p "$folder/state" "$folder/spool" "$folder/munge"
  chmod 711 "$folder" # Lets every user reach the socket in it.
  head -c 1024 /dev/urandom >"$folder/munge/key"
  chmod 600 "$folder/munge/key"
  munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
  host=$(hostname -s)
  cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=15
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,bf_interval=2,preempt_youngest_first
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=5
MinJobAge=20
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=low Nodes=$host Default=YES PriorityTier=1 MaxTime=60 State=UP OverSubscribe=NO
PartitionName=high Nodes=$host PriorityTier=10 MaxTime=60 State=UP PreemptMode=OFF
CONF
  start_controller
  slurmd -L "$folder/slurmd.log"
  for _ in $(seq 300); do
    sinfo -h -o %T | grep -q idle && exit
    sleep 0.1
  done
  tail -n 20 "$folder/slurmd.log" "$folder/slurmctld.log" >&2
  exit 1
  ;;
restart-controller)
  kill "$(cat "$folder/slurmctld.pid")"
  while [ -e "$folder/slurmctld.pid" ] && kill -0 "$(cat "$folder/slurmctld.pid")" 2>/dev/null; do sleep 0.1; done
  start_controller
  ;;
stop)
  scancel --user=root 2>/dev/null || true
  stop_by "$folder/slurmd.pid"
  stop_by "$folder/slurmctld.pid"
  stop_by "$folder/munge/pid"
  ;;
esac
