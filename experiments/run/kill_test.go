package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/trials"
)

// asChild in the environment makes the test program a process that a test
// started, to be killed.
const asChild = "CORTEX_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	if err := work(os.Args[1], rundir.Folder(os.Args[2]), os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(failed)
	}
}

// Exit statuses of a child that ended by itself.
const (
	failed      = 3
	interrupted = 4
)

// child is this program as another process, which does the first word of work.
func child(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asChild+"=1")
	return c
}

// manner is how a process carries out a run, which must not show in its results.
type manner struct {
	Threads, Keep int
	Every         time.Duration // between checkpoints
	NoFigures     bool
	Moment        int  // of writing files at which the process kills itself; 0 is never
	Interrupt     bool // it is only asked to end
}

// work is what a child does in a folder.
func work(what string, dir rundir.Folder, args []string) error {
	switch what {
	case "lock":
		l, err := dir.Lock()
		if err != nil {
			return err
		}
		fmt.Println("locked")
		time.Sleep(time.Minute)
		l.Release()
	case "run":
		var m manner
		if err := json.Unmarshal([]byte(args[0]), &m); err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		moments := 0
		run.AtMoment(func() {
			if moments++; moments == m.Moment {
				if m.Interrupt {
					cancel()
					return
				}
				if p, err := os.FindProcess(os.Getpid()); err == nil {
					p.Kill()
				}
				select {} // until it is
			}
		})
		o := surroundings(m.Threads)
		o.Keep, o.Checkpoint, o.Report = m.Keep, m.Every, stages{!m.NoFigures}
		err := carryOut(ctx, dir, o)
		if err == nil && !m.NoFigures {
			err = report.Draw(dir)
		}
		fmt.Println("moments", moments)
		if errors.Is(err, context.Canceled) {
			os.Exit(interrupted)
		}
		return err
	}
	return nil
}

// carryOut begins the run in a folder, or goes on with it.
func carryOut(ctx context.Context, dir rundir.Folder, o run.Options) error {
	if dir.IsRun() {
		return run.Resume(ctx, dir, o)
	}
	text := "control = [\"forward\"]\n" + strings.Replace(tiny, "epochs = 3", "epochs = 6", 1)
	e, err := spec.Read("tiny.toml", text, spec.Overrides{})
	if err != nil {
		return err
	}
	c, err := spec.Read("tiny.toml", text, spec.Overrides{Variant: "forward"})
	if err != nil {
		return err
	}
	return run.Run(ctx, e, []*spec.Experiment{c}, dir, o)
}

// stages prints the stages of a run.
type stages struct{ draws bool }

func (stages) Stage(text string)          { fmt.Println("stage", text) }
func (stages) Work(_, _ int64)            {}
func (stages) Train(run.TrainedBatch)     {}
func (stages) Epoch(string, rundir.Epoch) {}
func (s stages) Drawable(dir rundir.Folder) {
	if s.draws {
		if err := report.Draw(dir); err != nil {
			fmt.Println("drawing:", err)
			os.Exit(3)
		}
	}
}
func (stages) Note(format string, a ...any) { fmt.Printf("note "+format+"\n", a...) }
func (m manner) start(dir string, out *bytes.Buffer) (*exec.Cmd, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	c := child("run", dir, string(b))
	c.Stdout, c.Stderr = out, out
	return c, c.Start()
}

// TestKilled kills processes that carry out an experiment with a control: at
// random times, and in the moments before and after a file is renamed or
// removed; some are only asked to end then. Each time another process goes on, with other threads and other
// habits of keeping checkpoints. The end must have the bytes of a run without a
// break. CORTEX_KILLS says how often; CORTEX_SEED draws other times.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes ten seconds")
	}
	kills := trials.Number(t, "CORTEX_KILLS", 24)
	seed := trials.Number(t, "CORTEX_SEED", 1)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	whole := filepath.Join(t.TempDir(), "whole")
	var out bytes.Buffer
	begun := time.Now()
	c, err := manner{Threads: 2, NoFigures: true, Every: time.Nanosecond}.start(whole, &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	takes := time.Since(begun)
	var moments int
	if _, err := fmt.Sscanf(out.String()[strings.LastIndex(out.String(), "moments"):], "moments %d", &moments); err != nil || moments < 50 {
		t.Fatalf("%d moments, %v:\n%s", moments, err, &out)
	}
	killed, asked, resumed := map[string]int{}, 0, 0
	for n, runs := 0, 0; n < kills; runs++ {
		dir := filepath.Join(t.TempDir(), "r")
		for finished, here := false, 0; !finished; {
			m := manner{Threads: 1 + random.IntN(3), Keep: 1 + random.IntN(3), Every: -1, NoFigures: runs%8 != 3}
			if random.IntN(2) == 0 {
				m.Every = time.Nanosecond // after every batch
			}
			after := time.Hour
			switch kind := random.IntN(6); {
			case here >= 8 || n >= kills: // let it end
			case kind < 2:
				after = time.Duration(random.Float64() * float64(takes))
			case kind < 5:
				m.Moment = 1 + random.IntN(moments)
			default: // the first things that a process does when it goes on
				m.Moment = 1 + random.IntN(12)
			}
			m.Interrupt = m.Moment > 0 && random.IntN(5) == 0
			var out bytes.Buffer
			c, err := m.start(dir, &out)
			if err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(after, func() { c.Process.Kill() })
			err = c.Wait()
			timer.Stop()
			switch {
			case err == nil:
				finished = true
			case c.ProcessState.ExitCode() == failed:
				t.Fatalf("seed %d: a run that was killed did not go on:\n%s", seed, &out)
			case c.ProcessState.ExitCode() == interrupted:
				asked, here = asked+1, here+1
			default:
				n, here = n+1, here+1
				killed[lastStage(out.String())]++
			}
		}
		resumed++
		sameRun(t, dir, whole)
		sameRun(t, filepath.Join(dir, "controls/forward"), filepath.Join(whole, "controls/forward"))
		if left, _ := filepath.Glob(filepath.Join(dir, "*/.tmp-*")); len(left) > 0 {
			t.Errorf("files of killed processes are left: %v", left)
		}
		if t.Failed() {
			t.Fatalf("seed %d, run %d", seed, runs)
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d runs ended alike after %d interruptions and kills while %v", resumed, asked, killed)
}

// lastStage is what a process was doing when it ended.
func lastStage(out string) string {
	stage := "beginning"
	for _, line := range strings.Split(out, "\n") {
		if text, ok := strings.CutPrefix(line, "stage "); ok {
			stage, _, _ = strings.Cut(text, ":")
		}
	}
	return stage
}
