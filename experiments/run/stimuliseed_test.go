package run_test

import (
	"maps"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestStimuliSeed checks that seed changes images only while stimuli.seed does
// not hold them, and that the content of an experiment knows.
func TestStimuliSeed(t *testing.T) {
	images := func(set ...string) map[string]string {
		t.Helper()
		e, _ := readAll(t, tiny, spec.Overrides{Set: append(set, "train.epochs=1", "record.images=1", "analysis.feature_maps=false")})
		dir := rundir.Folder(t.TempDir() + "/run")
		if err := run.Run(t.Context(), e, nil, dir, plainly(2)); err != nil {
			t.Fatal(err)
		}
		_, info, err := run.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(info.Data) == 0 {
			t.Fatal("the run does not name its data")
		}
		return info.Data
	}
	one := images("seed=1")
	for _, c := range []struct {
		set  []string
		same bool
	}{
		{[]string{"seed=2"}, false},
		{[]string{"seed=2", "stimuli.seed=1"}, true},
		{[]string{"seed=1", "stimuli.seed=2"}, false},
	} {
		if got := maps.Equal(images(c.set...), one); got != c.same {
			t.Errorf("%v: the images of seed 1: %v, want %v", c.set, got, c.same)
		}
	}
}
