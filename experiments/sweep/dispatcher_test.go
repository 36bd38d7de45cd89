package sweep

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/rundir"
)

// seeds are the items of two variants, which are one experiment, and two seeds.
func seeds(t *testing.T) (items []Item) {
	for _, variant := range []string{"", "same"} {
		for _, seed := range []string{"1", "2"} {
			items = append(items, Item{Labels: map[string]string{"variant": variant, "seed": seed}, Experiment: read(t, variant, "seed="+seed)})
		}
	}
	return items
}

func TestRun(t *testing.T) {
	dir := rundir.Folder(filepath.Join(t.TempDir(), "s"))
	l, err := New(dir, seeds(t))
	must(t, err)
	if len(l.List) != 2 || l.Item(0) != l.Item(2) || l.Item(1) != l.Item(3) || l.Item(0) == l.Item(1) {
		t.Fatalf("%d tasks, want 2: a variant that changes nothing is the same task", len(l.List))
	}
	must(t, l.Run(context.Background(), Options{Workers: 2, Threads: 2, KeepGoing: true}))
	weights := map[string][]byte{}
	for _, x := range l.List {
		s, err := x.State()
		must(t, err)
		if s.State != rundir.Finished || s.Batches != 8 || s.BatchesInAll != 8 {
			t.Errorf("%s: %v", x.Label(l.Axes), s)
		}
		weights[x.Hash], err = os.ReadFile(filepath.Join(string(x.Folder()), "weights.safetensors"))
		must(t, err)
	}
	// A ledger that is read again knows what is done, and a second run does nothing.
	again, err := Open(dir)
	must(t, err)
	must(t, again.Run(context.Background(), Options{Program: "no such program"}))
	// A task that is gone comes again with the same bits; the other stays.
	must(t, os.RemoveAll(string(again.List[1].Folder())))
	must(t, again.Run(context.Background(), Options{Threads: 1}))
	got, err := os.ReadFile(filepath.Join(string(again.List[1].Folder()), "weights.safetensors"))
	must(t, err)
	if !bytes.Equal(got, weights[again.List[1].Hash]) {
		t.Error("the weights differ from those of the first time")
	}
}

func TestFailure(t *testing.T) {
	dir := rundir.Folder(filepath.Join(t.TempDir(), "s"))
	l, err := New(dir, []Item{
		{Labels: map[string]string{"rate": "1e30"}, Experiment: read(t, "", "train.rate=1e30")},
		{Labels: map[string]string{"rate": "0.1"}, Experiment: read(t, "fast")},
	})
	must(t, err)
	err = l.Run(context.Background(), Options{Workers: 1, Threads: 1})
	if err == nil || !strings.Contains(err.Error(), "a task failed: rate 1e30: training stopped in epoch") {
		t.Fatalf("got %v", err)
	}
	if s, err := l.List[1].State(); err != nil || s.State != Fresh {
		t.Errorf("%v, %v; want a task that was not begun", s, err)
	}
	err = l.Run(context.Background(), Options{Workers: 1, Threads: 1, KeepGoing: true})
	if err == nil || !strings.Contains(err.Error(), "a task failed: rate 1e30") {
		t.Errorf("got %v", err)
	}
	if s, err := l.List[1].State(); err != nil || s.State != rundir.Finished {
		t.Errorf("%v, %v; want a task that is finished", s, err)
	}
}
