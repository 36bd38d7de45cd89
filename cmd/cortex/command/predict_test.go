package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var raced bool // built with the race detector

// TestPredictions compares the memory and the time of a batch that check
// predicts with those of a run: 10 % and a factor of 1.5. Other work of the
// machine makes a run slower, hence three attempts. Where the machine is busy there
// is no verdict on time, and memory may be off by 20 %: the garbage collector then
// waits for its turn while figures are drawn. Memory is the most that the process
// ever had when training ended, with everything but the recording.
func TestPredictions(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("takes half a minute, and is about time: not with -short nor the race detector")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc/self/status to read memory from")
	}
	two, err := filepath.Abs("testdata/two.toml")
	must(t, err)
	for _, c := range [][]string{
		{"debris", "--set", "stimuli.train=2000", "--set", "control=[]"},
		{two, "--set", "stimuli.train=1024"},
		{"Spoerer_2017", "--variant", "BLT", "--set", "stimuli.train=500"},
	} {
		args := append(c, "--set", "stimuli.validation=200", "--set", "stimuli.test=200", "--set", "train.epochs=2", "--set", "record.images=20", "--set", "analysis.feature_maps.images=1")
		t.Run(strings.TrimSuffix(filepath.Base(c[0]), ".toml"), func(t *testing.T) {
			var memory, time, wantMemory, wantTime float64
			for range 3 {
				memory, time = predicted(t, args)
				wantMemory, wantTime = measured(t, args)
				t.Logf("memory predicted %.1f, measured %.1f MiB (%+.1f %%); batch predicted %.4g, measured %.4g s (factor %.2f)",
					memory, wantMemory, 100*(memory/wantMemory-1), time, wantTime, time/wantTime)
				if math.Abs(memory/wantMemory-1) <= 0.1 && time <= 1.5*wantTime && wantTime <= 1.5*time {
					return
				}
			}
			if math.Abs(memory/wantMemory-1) <= 0.2 && busy() {
				t.Skip("memory is about as predicted; other work keeps the processor from showing how long a batch takes")
			}
			t.Errorf("memory %.1f MiB, want %.1f within 10 %%; batch %.4g s, want %.4g within a factor of 1.5", memory, wantMemory, time, wantTime)
		})
	}
}

// busy reports whether more threads want to run than there are cores.
func busy() bool {
	b, err := os.ReadFile("/proc/loadavg")
	var load float64
	if _, scan := fmt.Sscan(string(b), &load); err != nil || scan != nil {
		return false
	}
	return load > float64(runtime.NumCPU())
}

// predicted returns MiB and seconds of a batch.
func predicted(t *testing.T, args []string) (memory, time float64) {
	t.Helper()
	out, err := process(t.TempDir(), append([]string{"check", "--json", "--time"}, args...)...).Output()
	must(t, err)
	var x struct {
		Memory float64 `json:"memory_bytes"`
		Batch  float64 `json:"batch_seconds"`
	}
	must(t, json.Unmarshal(out, &x))
	return x.Memory / (1 << 20), x.Batch
}

// measured returns the same of a run.
func measured(t *testing.T, args []string) (memory, time float64) {
	t.Helper()
	dir := t.TempDir()
	c := process(dir, append([]string{"run", "--out", "r"}, args...)...)
	pipe, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	r := bufio.NewReader(pipe)
	until(t, r, "testing ")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	must(t, err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	_, err = fmt.Sscan(rest, &kib)
	must(t, err)
	// What follows the training is none of this test's.
	must(t, c.Process.Kill())
	c.Wait()
	lines, err := os.ReadFile(filepath.Join(dir, "r/metrics.jsonl"))
	must(t, err)
	time = math.Inf(1)
	taken := 0
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		var e struct {
			Batches int     `json:"batches"`
			Seconds float64 `json:"seconds"`
		}
		must(t, json.Unmarshal([]byte(line), &e))
		time = min(time, e.Seconds/float64(e.Batches-taken))
		taken = e.Batches
	}
	return kib / 1024, time
}
