package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/rundir"
)

// slurmConf is a cluster of this machine alone, without accounts, without
// systemd and without munge. A job that is queued again waits two minutes, so
// that its credentials expire; scontrol update StartTime=now ends the wait.
const slurmConf = `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=%[3]d
SlurmdPort=%[4]d
SlurmUser=%[1]s
SlurmdUser=%[1]s
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=0,sched_interval=1,batch_sched_delay=0
ReturnToService=2
KillWait=20
StateSaveLocation=%[2]s/state
SlurmdSpoolDir=%[2]s/spool
SlurmctldPidFile=%[2]s/slurmctld.pid
SlurmdPidFile=%[2]s/slurmd.pid
SlurmctldLogFile=%[2]s/slurmctld.log
SlurmdLogFile=%[2]s/slurmd.log
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000
PartitionName=all Nodes=localhost Default=YES MaxTime=INFINITE State=UP
`

// slurm is a cluster while a test runs.
type slurm struct {
	*testing.T
	conf string
}

// newSlurm starts a cluster, or skips the test where there is no Slurm.
func newSlurm(t *testing.T) *slurm {
	t.Helper()
	for _, name := range []string{"slurmctld", "slurmd", "sbatch", "scontrol", "scancel", "squeue"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CORTEX_EXTERNAL") == "1" {
				t.Fatalf("CORTEX_EXTERNAL=1, and %v; Debian's package is slurm-wlm", err)
			}
			t.Skipf("%v: job arrays are not tried on a real Slurm (Debian's package is slurm-wlm)", err)
		}
	}
	who, err := user.Current()
	must(t, err)
	dir := t.TempDir()
	for _, name := range []string{"state", "spool"} {
		must(t, os.MkdirAll(filepath.Join(dir, name), 0o777))
	}
	s := &slurm{t, filepath.Join(dir, "slurm.conf")}
	must(t, os.WriteFile(s.conf, fmt.Appendf(nil, slurmConf, who.Username, dir, freePort(t), freePort(t)), 0o666))
	for _, args := range [][]string{{"slurmctld", "-D"}, {"slurmd", "-D", "-N", "localhost"}} {
		c := s.command(args...)
		must(t, c.Start())
		t.Cleanup(func() {
			c.Process.Kill()
			c.Wait()
		})
	}
	t.Cleanup(func() {
		s.command("scancel", "--state=PENDING", "--user="+who.Username).Run()
		s.command("scancel", "--full", "--signal=KILL", "--user="+who.Username).Run()
		for range 50 {
			if out, err := s.command("squeue", "--noheader").Output(); err != nil || len(bytes.TrimSpace(out)) == 0 {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		if t.Failed() {
			for _, name := range []string{"slurmctld.log", "slurmd.log"} {
				b, _ := os.ReadFile(filepath.Join(dir, name))
				t.Logf("%s:\n%s", name, b)
			}
		}
	})
	s.await("a node that is idle", func() bool {
		out, err := s.command("sinfo", "--noheader", "--format=%t").Output()
		return err == nil && strings.TrimSpace(string(out)) == "idle"
	})
	return s
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *slurm) command(args ...string) *exec.Cmd {
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), "SLURM_CONF="+s.conf)
	return c
}

// tell runs a command of Slurm.
func (s *slurm) tell(args ...string) {
	s.Helper()
	if out, err := s.command(args...).CombinedOutput(); err != nil {
		s.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// await waits until something holds.
func (s *slurm) await(what string, holds func() bool) {
	s.Helper()
	for begun := time.Now(); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Since(begun) > 3*time.Minute {
			out, _ := s.command("scontrol", "show", "job").CombinedOutput()
			s.Fatalf("waited three minutes for %s\n%s", what, out)
		}
	}
}

// state is a job's state, as RUNNING.
func (s *slurm) state(job string) string {
	out, _ := s.command("scontrol", "--oneliner", "show", "job", job).Output()
	_, rest, _ := strings.Cut(string(out), "JobState=")
	state, _, _ := strings.Cut(rest, " ")
	return state
}

// slurmSweep is two tasks that train for longer than signals take to reach them on a
// busy machine, and one that fails.
const slurmSweep = `experiment = "small.toml"
[set]
stimuli.train = 30_000
analysis.feature_maps = false
[[list]]
seed = 1
[[list]]
seed = 2
[[list]]
train.rate = 1e30
`

// TestSlurm carries a sweep out as a job array of a real Slurm: a task whose
// time ends and one whose job is taken away leave a checkpoint, are queued
// again, and end with the bits of runs without a break; one fails.
func TestSlurm(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes half a minute")
	}
	s := newSlurm(t)
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "small.toml"), small, 0o666))
	must(t, os.WriteFile(filepath.Join(dir, "sweep.toml"), []byte(slurmSweep), 0o666))
	cortex := func(want int, args ...string) string {
		t.Helper()
		c := process(dir, args...)
		c.Env = append(c.Env, "SLURM_CONF="+s.conf)
		out, _ := c.CombinedOutput()
		if got := c.ProcessState.ExitCode(); got != want {
			t.Fatalf("cortex %s: status %d, want %d\n%s", strings.Join(args, " "), got, want, out)
		}
		return string(out)
	}
	var plan struct {
		Tasks []struct{ Hash string }
	}
	must(t, json.Unmarshal([]byte(cortex(exit.OK, "sweep", "plan", "sweep.toml", "--json")), &plan))
	run := func(sweep string, i int) rundir.Folder {
		return rundir.Folder(filepath.Join(dir, "sweeps", sweep, "runs", plan.Tasks[i].Hash[:16]))
	}

	out := cortex(exit.OK, "sweep", "submit", "sweep.toml", "--slurm", "--time", "10", "--partition", "all", "--array-limit", "2", "--no-figures")
	var array int
	if n, err := fmt.Sscanf(out, "submitted array %d of 3 jobs", &array); n != 1 {
		t.Fatalf("%v in %q", err, out)
	}
	job := func(i int) string { return fmt.Sprintf("%d_%d", array, i) }
	for i := range 2 {
		s.await("a checkpoint", func() bool { return run("sweep", i).Has("checkpoints/batch-000000000.safetensors") })
	}
	s.tell("scancel", "--batch", "--signal=USR1", job(0)) // as Slurm does before the time ends
	s.tell("scontrol", "requeue", job(1))                 // as for a job of higher priority
	for i := range 2 {
		s.await("a job in the queue again", func() bool { return s.state(job(i)) == "PENDING" })
		if out := cortex(exit.OK, "sweep", "status", "sweeps/sweep"); !strings.Contains(out, "interrupted at batch") {
			t.Errorf("no task is interrupted:\n%s", out)
		}
	}
	// A node refuses a job whose new credential is not younger, in whole seconds,
	// than the end of the old one.
	time.Sleep(2 * time.Second)
	for i := range 2 {
		s.tell("scontrol", "update", "JobId="+job(i), "StartTime=now")
	}
	// The same sweep without a break, meanwhile.
	cortex(exit.Failed, "sweep", "run", "sweep.toml", "--out", "sweeps/whole", "--workers", "1", "--threads", "1", "--no-figures")
	for i, want := range []string{"COMPLETED", "COMPLETED", "FAILED"} {
		s.await("job "+job(i)+" "+want, func() bool { return s.state(job(i)) == want })
	}
	for i := range 2 {
		var info rundir.Info
		must(t, run("sweep", i).ReadJSON("run.json", &info))
		if len(info.Resumed) != 1 || info.Threads != 1 {
			t.Errorf("task %d went on %d times with %d threads, want once with 1", i, len(info.Resumed), info.Threads)
		}
		for _, name := range []string{"weights.safetensors", "logits.npz", "test.json", "steps.csv"} {
			got, err := run("sweep", i).ReadText(name)
			must(t, err)
			want, err := run("whole", i).ReadText(name)
			must(t, err)
			if got != want {
				t.Errorf("task %d: %s differs from that of a run without a break", i, name)
			}
		}
	}
	if out := cortex(exit.OK, "sweep", "collect", "sweeps/sweep"); !strings.Contains(out, "2 finished, 1 failed") || !strings.Contains(out, "failed: training stopped in epoch 1") {
		t.Errorf("collect says\n%s", out)
	}
	// What is missing can be submitted again: the task that failed.
	if out := cortex(exit.OK, "sweep", "submit", "sweeps/sweep", "--slurm", "--script"); !strings.Contains(out, "#SBATCH --array=2\n") {
		t.Errorf("the script is\n%s", out)
	}
}
