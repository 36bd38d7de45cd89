package sweep

import (
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Row is what is known of one task: a line of results.csv.
type Row struct {
	Task         string              `json:"task"` // the hash
	Name         string              `json:"name"`
	Labels       map[string]string   `json:"labels"`         // by axis; where the way to it does not set a key, the experiment's own value
	Also         []map[string]string `json:"also,omitempty"` // other ways to the same experiment
	State        State               `json:"state"`
	Diverged     bool                `json:"diverged,omitempty"` // as in experiments.Info
	Seed         int                 `json:"seed"`
	Parameters   int                 `json:"parameters"`    // 0 until the run begins
	MultiplyAdds int64               `json:"multiply_adds"` // of an image
	Seconds      float64             `json:"training_seconds"`
	rundir.Validated
	Split  string        `json:"split,omitempty"` // of steps: "test", or "validation" where there are no test images
	Steps  []rundir.Step `json:"steps"`           // of the trained cortex, by step
	Folder string        `json:"folder"`          // of the run, in the sweep's
}

// Last is the measurement at the last step; ok is false before the test.
func (r *Row) Last() (s rundir.Step, ok bool) {
	if len(r.Steps) == 0 {
		return s, false
	}
	return r.Steps[len(r.Steps)-1], true
}

// Test is the accuracy on test images at the last step, in per cent; ok is
// false before the test and where the run is tested on validation images.
func (r *Row) Test() (accuracy float64, ok bool) {
	s, ok := r.Last()
	return float64(s.Accuracy), ok && r.Split != "validation"
}

// Table is what is known of a sweep.
type Table struct {
	Format int      `json:"format"`
	Name   string   `json:"name"`
	Axes   []string `json:"axes"`
	Rows   []Row    `json:"tasks"`
}

// Collect reads what every task showed. It reads files only; tasks that are not
// finished have a row, too.
func (l *Ledger) Collect() (*Table, error) {
	t := &Table{Format: spec.Format, Name: l.Name, Axes: l.Axes}
	for _, x := range l.List {
		s, err := x.State()
		if err != nil {
			return nil, err
		}
		r := Row{Task: x.Hash, Name: x.Name, Labels: x.labels(l.Axes), Also: x.Labels[1:], State: s, Seed: x.Seed, Steps: []rundir.Step{}, Folder: "runs/" + x.Short(), Validated: rundir.NotValidated()}
		run := x.Folder()
		for _, name := range []string{"run.json", "experiment.toml"} {
			if (run.Has("run.json") || run.Has("test.json")) && !run.Has(name) {
				return nil, &rundir.Damaged{Path: filepath.Join(string(run), name), Err: fs.ErrNotExist}
			}
		}
		if run.IsRun() {
			var info rundir.Info
			if err := run.ReadJSON("run.json", &info); err != nil {
				return nil, err
			}
			if err := rundir.Sound(run, &info, "metrics.jsonl", "test.json"); err != nil {
				return nil, err
			}
			r.Parameters, r.MultiplyAdds, r.Seconds = info.Parameters, info.MultiplyAdds, info.Seconds
			r.Diverged = info.Diverged
			if r.Validated, err = rundir.ReadValidated(run, &info); err != nil {
				return nil, err
			}
		}
		if s.State == rundir.Finished || s.Conditions {
			var test rundir.TestResult
			if err := x.Folder().ReadJSON("test.json", &test); err != nil {
				return nil, err
			}
			r.Split, r.Steps = test.Split, test.Steps
		}
		t.Rows = append(t.Rows, r)
	}
	return t, nil
}

// labels are those of the first way to the task, with the experiment's own
// values of the keys that other tasks set.
func (x *Task) labels(axes []string) map[string]string {
	if len(x.Labels[0]) == len(axes) {
		return x.Labels[0]
	}
	text, err := x.own().ReadText(experimentFile)
	if err != nil {
		text = "" // the task has a row all the same
	}
	own, all := decode.Settings(text), maps.Clone(x.Labels[0])
	if all == nil {
		all = map[string]string{}
	}
	for _, a := range axes {
		if v, ok := own[a]; ok {
			if _, set := all[a]; !set {
				all[a] = v
			}
		}
	}
	return all
}

// Counts says how many tasks are in which state, as "3 finished, 2 new".
func (t *Table) Counts() string {
	count := map[string]int{}
	for _, r := range t.Rows {
		count[r.State.State]++
	}
	var parts []string
	for _, s := range []string{rundir.Finished, rundir.Running, rundir.Interrupted, rundir.Failed, Fresh} {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	return strings.Join(parts, ", ")
}

// Goes reports whether there is anything that Run would go on with: what was
// interrupted, or failed.
func (t *Table) Goes() bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool {
		return r.State.State == rundir.Interrupted || r.State.State == rundir.Failed
	})
}

// WriteCSV writes a line for each task: what tells it from the others in a
// column for each axis, state, costs, what it showed on validation images by its
// last epoch and by its best, and accuracies in per cent on the images of split, of
// the last step and of every step that any task tested. What is not known is empty.
func (t *Table) WriteCSV(w io.Writer) error {
	var stepsOf []int
	for _, r := range t.Rows {
		for _, s := range r.Steps {
			if !slices.Contains(stepsOf, s.Step) {
				stepsOf = append(stepsOf, s.Step)
			}
		}
	}
	slices.Sort(stepsOf)
	head := append([]string{"format", "task", "name"}, t.Axes...)
	own := !slices.Contains(t.Axes, "seed")
	if own {
		head = append(head, "seed")
	}
	head = append(head, "also", "state", "diverged", "batches", "batches_in_all", "parameters", "multiply_adds", "training_seconds",
		"validation_epoch", "validation_accuracy_percent", "validation_loss", "best_validation_epoch", "best_validation_accuracy_percent", "split", "images", "correct", "accuracy_percent", "error_percent")
	for _, s := range stepsOf {
		head = append(head, fmt.Sprintf("accuracy_percent_at_%d", s))
	}
	c := csv.NewWriter(w)
	c.Write(append(head, "folder", "message"))
	for _, r := range t.Rows {
		line := []string{strconv.Itoa(t.Format), r.Task, r.Name}
		for _, a := range t.Axes {
			line = append(line, r.Labels[a])
		}
		if own {
			line = append(line, strconv.Itoa(r.Seed))
		}
		line = append(line, t.also(r), r.State.State, strconv.FormatBool(r.Diverged), strconv.Itoa(r.State.Batches), strconv.Itoa(r.State.BatchesInAll))
		if r.Parameters > 0 {
			line = append(line, strconv.Itoa(r.Parameters), strconv.FormatInt(r.MultiplyAdds, 10), number(r.Seconds))
		} else {
			line = append(line, "", "", "")
		}
		line = append(line, epoch(r.Epoch), number(float64(r.Accuracy)), number(float64(r.Loss)), epoch(r.BestEpoch), number(float64(r.BestAccuracy)), r.Split)
		if s, ok := r.Last(); ok {
			line = append(line, strconv.Itoa(s.Images), strconv.Itoa(s.Correct), number(float64(s.Accuracy)), number(100-float64(s.Accuracy)))
		} else {
			line = append(line, "", "", "", "")
		}
		for _, at := range stepsOf {
			cell := ""
			for _, s := range r.Steps {
				if s.Step == at {
					cell = number(float64(s.Accuracy))
				}
			}
			line = append(line, cell)
		}
		c.Write(append(line, r.Folder, r.State.Error))
	}
	c.Flush()
	return c.Error()
}

// also writes the other ways to a task, each as "variant full, seed 1".
func (t *Table) also(r Row) string {
	var ways []string
	for _, labels := range r.Also {
		var parts []string
		for _, a := range t.Axes {
			if v, ok := labels[a]; ok {
				parts = append(parts, strings.TrimSpace(a+" "+v))
			}
		}
		ways = append(ways, strings.Join(parts, ", "))
	}
	return strings.Join(ways, "; ")
}

// epoch writes the number of an epoch, nothing where there is none.
func epoch(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// WriteResults writes a table as results.csv and results.json into the sweep's
// folder.
func (l *Ledger) WriteResults(t *Table) error {
	return l.dir.Alone(func() error {
		if err := l.dir.Write("results.csv", t.WriteCSV); err != nil {
			return err
		}
		return l.dir.WriteJSON("results.json", t)
	})
}
