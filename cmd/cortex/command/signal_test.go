package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/trials"
)

// begin starts a run of small.toml that takes seconds.
func begin(t *testing.T, dir string, args ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "small.toml"), small, 0o666))
	args = append([]string{"run", "small.toml", "--out", "r", "--set", "stimuli.train=512", "--set", "train.epochs=4", "--set", `control=["forward"]`}, args...)
	c := process(dir, args...)
	r, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	return c, bufio.NewReader(r)
}

// until reads lines up to one that holds a text.
func until(t *testing.T, r *bufio.Reader, text string) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, text) {
			return
		}
		if err != nil {
			t.Fatalf("the run ended without %q", text)
		}
	}
}

// resumed goes on with a run and wants the bytes of a run without a break.
func resumed(t *testing.T, dir, whole string, args ...string) {
	t.Helper()
	if out, err := process(dir, append([]string{"run", "r", "--resume", "--threads", "1"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("resume: %v\n%s", err, out)
	}
	for _, part := range []string{"r", "r/controls/forward"} {
		for _, name := range []string{"weights.safetensors", "logits.npz", "recordings/IT.response.npz", "test.json", "steps.csv"} {
			got, err := os.ReadFile(filepath.Join(dir, part, name))
			must(t, err)
			want, err := os.ReadFile(filepath.Join(whole, part, name))
			must(t, err)
			if !bytes.Equal(got, want) {
				t.Errorf("%s/%s differs from that of a run without a break", part, name)
			}
		}
		left, err := filepath.Glob(filepath.Join(dir, part, ".tmp-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("files of the killed process are left: %v %v", left, err)
		}
	}
}

// TestSignals interrupts and kills the program at moments that no test chooses,
// and goes on. Moments at chosen batch are tried in experiments.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGINT to send")
	}
	if testing.Short() {
		t.Skip("-short: takes twenty seconds")
	}
	whole := t.TempDir()
	c, r := begin(t, whole, "--threads", "2", "--no-figures")
	errs, err := io.ReadAll(r)
	must(t, err)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	t.Run("SIGINT", func(t *testing.T) {
		dir := t.TempDir()
		c, r := begin(t, dir, "--threads", "2")
		until(t, r, "small: epoch 2: ")
		must(t, c.Process.Signal(os.Interrupt))
		errs, err := io.ReadAll(r)
		must(t, err)
		c.Wait()
		if got := c.ProcessState.ExitCode(); got != exit.Interrupted {
			t.Errorf("status %d, want %d", got, exit.Interrupted)
		}
		if want := "cortex: interrupted; go on with: cortex run r --resume"; !strings.Contains(string(errs), want) {
			t.Errorf("got %q, want %q", errs, want)
		}
		var info struct{ State string }
		b, err := os.ReadFile(filepath.Join(dir, "r/run.json"))
		must(t, err)
		must(t, json.Unmarshal(b, &info))
		if info.State != "interrupted" {
			t.Errorf("state %q", info.State)
		}
		resumed(t, dir, whole)
	})
	for name, ignored := range map[string]bool{"SIGHUP": false, "SIGHUP under nohup": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			// A process that is begun inherits that a signal is ignored, as under nohup,
			// and not that it is handled.
			defer signal.Reset(syscall.SIGHUP)
			if ignored {
				signal.Ignore(syscall.SIGHUP)
			} else {
				signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
			}
			c, r := begin(t, dir, "--threads", "2", "--no-figures")
			until(t, r, "small: epoch 2: ")
			must(t, c.Process.Signal(syscall.SIGHUP))
			_, err := io.ReadAll(r)
			must(t, err)
			c.Wait()
			want := exit.Interrupted
			if ignored {
				want = exit.OK
			}
			if got := c.ProcessState.ExitCode(); got != want {
				t.Errorf("status %d, want %d", got, want)
			}
			resumed(t, dir, whole, "--no-figures")
		})
	}
	t.Run("SIGINT before the run", func(t *testing.T) {
		dir := t.TempDir()
		c, r := begin(t, dir, "--set", "stimuli.train=200_000")
		until(t, r, "preparing the images")
		must(t, c.Process.Signal(os.Interrupt))
		errs, err := io.ReadAll(r)
		must(t, err)
		c.Wait()
		if got := c.ProcessState.ExitCode(); got != exit.Interrupted || !strings.Contains(string(errs), "nothing was written") {
			t.Errorf("status %d, %s", got, errs)
		}
		if _, err := os.Stat(filepath.Join(dir, "r")); err == nil {
			t.Error("there is a folder")
		}
	})
	t.Run("SIGKILL", func(t *testing.T) {
		seed := uint64(trials.Number(t, "CORTEX_SEED", 1))
		random := rand.New(rand.NewPCG(seed, 0))
		dir := t.TempDir()
		c, r := begin(t, dir, "--threads", "2", "--no-figures")
		until(t, r, "training small")
		go io.Copy(io.Discard, r)
		for kills := 0; ; kills++ {
			time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond)
			c.Process.Signal(syscall.SIGKILL)
			c.Wait()
			if c.ProcessState.Success() || kills == 3 {
				t.Logf("%d kills", kills)
				break
			}
			c = process(dir, "run", "r", "--resume", "--threads", "2", "--no-figures")
			must(t, c.Start())
		}
		resumed(t, dir, whole, "--no-figures")
	})
}
