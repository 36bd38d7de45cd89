package sweep

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestMemory divides memory: no more tasks at a time than fit, the first that
// fits goes first, and what fits nowhere is said to.
func TestMemory(t *testing.T) {
	jobs := func(memory ...int64) (list []*job) {
		for _, m := range memory {
			list = append(list, &job{Todo: Todo{Memory: m}})
		}
		return list
	}
	d := &dispatcher{o: Options{Memory: 10}, waiting: jobs(8, 4, 2, 1)}
	take := func() int64 {
		j := d.next()
		if j == nil {
			return 0
		}
		d.running, d.used = append(d.running, j), d.used+j.Memory
		return j.Memory
	}
	for i, want := range []int64{8, 2, 0} {
		if got := take(); got != want {
			t.Errorf("task %d takes %d, want %d", i, got, want)
		}
	}
	d = &dispatcher{o: Options{Memory: 10}, waiting: jobs(20)}
	if take() != 20 {
		t.Error("a task alone does not begin")
	}
}

func TestSchedule(t *testing.T) {
	l, err := New(rundir.Folder(filepath.Join(t.TempDir(), "s")), []Item{
		{Labels: map[string]string{"k": "a"}, Experiment: read(t, "", "seed=1")},
		{Labels: map[string]string{"k": "b"}, Experiment: read(t, "", "seed=2", "train.epochs=4")},
		{Labels: map[string]string{"k": "c"}, Experiment: read(t, "", "steps=3")},
		{Labels: map[string]string{"k": "d"}, Experiment: read(t, "", "steps=4")},
	})
	must(t, err)
	asked := 0
	o := Options{Workers: 3, Threads: 7, Memory: 100, KeepGoing: true, Predict: func(e *spec.Experiment, _ string, threads int) (Cost, error) {
		asked++
		if threads != 2 {
			t.Errorf("asked for %d threads, want 7 / 3", threads)
		}
		switch e.Steps {
		case 3:
			return Cost{Memory: 200, Batch: 1}, nil
		case 4:
			return Cost{}, errors.New("no such data")
		}
		return Cost{Memory: 50, Batch: 0.5}, nil
	}}
	s, err := l.Schedule(o)
	must(t, err)
	if asked != 3 {
		t.Errorf("predicted %d times, want 3: a seed and epochs do not matter to a batch", asked)
	}
	got := ""
	for _, x := range s.Todos {
		got += fmt.Sprintf("%s %s %d %g %s\n", x.Labels[0]["k"], x.Action, x.Memory, x.Seconds, x.Trouble)
	}
	// 32 images in batches of 8: 4 batches an epoch.
	want := `a begin 50 4 
b begin 50 8 
c begin 200 8 needs 0 MiB of memory, want at most the 0 MiB there are
d begin 0 0 no such data
`
	if got != want || s.Workers != 3 || s.Threads != 2 || s.Missing != 4 {
		t.Errorf("%d workers of %d threads, %d missing:\n%s", s.Workers, s.Threads, s.Missing, got)
	}
	o.Program = "no such program"
	if err := l.Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "4 tasks failed, the first: k c: needs") {
		t.Errorf("got %v", err)
	}
}
