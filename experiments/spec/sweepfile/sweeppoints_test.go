package sweepfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPoints lists the points of a sweep in their order: experiments, variants,
// cases, the grid with its last key fastest, and seeds fastest of all.
func TestPoints(t *testing.T) {
	x, err := ReadSweep("s.toml", `experiment = ["a", "b"]
variants = ["", "late"]
seeds = [5, 7]
[set]
train.epochs = 2
[grid]
train.batch = [2, 4]
train.rate = [0.1, 0.2]
[[list]]
steps = 3
[[list]]
steps = 4
`)
	if err != nil {
		t.Fatal(err)
	}
	points, err := x.Points(func(name string) (Found, error) {
		return Found{File: name + ".toml", Text: `steps = 2
areas = ["V1"]
area.V1 = { shape = [8, 8, 2] }
input = { steps = "0.." }
stimuli = { kind = "digits", train = 8, validation = 4, test = 4 }
[variant.late]
"readout.train" = "1"
`, Folder: "of " + name}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, p := range points {
		l, e := p.Labels, p.Experiment
		got = append(got, fmt.Sprint(p.Folder, " ", l["variant"], " ", l["steps"], " ", l["train.batch"], " ", l["train.rate"], " ", l["seed"]))
		if e.Train.Epochs != 2 || l["experiment"] != p.Folder[3:] || fmt.Sprintf("%s %d %d %v %d", e.Variant, e.Steps, e.Train.Batch, e.Train.Rate, e.Seed) != strings.Join([]string{l["variant"], l["steps"], l["train.batch"], l["train.rate"], l["seed"]}, " ") {
			t.Errorf("%v: the experiment has variant %q, %d steps, batch %d, rate %v, seed %d", l, e.Variant, e.Steps, e.Train.Batch, e.Train.Rate, e.Seed)
		}
	}
	for _, name := range []string{"a", "b"} {
		for _, variant := range []string{"", "late"} {
			for _, steps := range []string{"3", "4"} {
				for _, batch := range []string{"2", "4"} {
					for _, rate := range []string{"0.1", "0.2"} {
						for _, seed := range []string{"5", "7"} {
							want = append(want, "of "+name+" "+variant+" "+steps+" "+batch+" "+rate+" "+seed)
						}
					}
				}
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
