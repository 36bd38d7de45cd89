package run

import (
	"context"
	"fmt"
	"math"
	"strings"

	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
)

// Verified is the result of training the last batches of a run again.
type Verified struct {
	Format  int           `json:"format"`
	Name    string        `json:"name"`
	Folder  string        `json:"folder"`
	From    string        `json:"from"` // the checkpoint that it began with
	To      string        `json:"to"`   // the one that it was compared with
	Batch   int           `json:"from_batch"`
	Last    int           `json:"to_batch"`
	Trained rundir.Kernel `json:"trained_with"`
	Now     rundir.Kernel `json:"replayed_with"`
	Threads int           `json:"threads"`

	Variables int        `json:"variables"` // weights, optimiser and statistics
	Numbers   int        `json:"numbers"`
	Differ    []Replayed `json:"differ"`        // variables whose bits differ, in the program's order
	Counts    string     `json:"counts_differ"` // loss and correct answers of the epoch so far, "" where they are the same
	Damaged   []string   `json:"damaged"`       // results that are missing or not what the run wrote
}

// Replayed is a variable that differs from its checkpoint.
type Replayed struct {
	Variable   string        `json:"variable"`
	Numbers    int           `json:"numbers"`
	Differ     int           `json:"differ"`             // how many of them
	Largest    rundir.Number `json:"largest_difference"` // absolute; NaN is larger than all
	Index      int           `json:"index"`              // of that number, in row-major order
	Checkpoint rundir.Number `json:"checkpoint"`
	Replay     rundir.Number `json:"replay"`
}

// Same reports whether every bit was the same and every result is unchanged.
func (v *Verified) Same() bool { return v.replayed() && len(v.Damaged) == 0 }

func (v *Verified) replayed() bool { return len(v.Differ) == 0 && v.Counts == "" }

// String names the batches that were trained again, the kernel, and the result.
func (v *Verified) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: replayed batches %d to %d from %s with kernel %s on %s, %s", v.Name, v.Batch+1, v.Last, v.From, v.Now.Kernel, v.Now.Arch, readable.Counted(v.Threads, "thread"))
	if v.Trained != v.Now {
		fmt.Fprintf(&b, " (trained with kernel %s on %s)", v.Trained.Kernel, v.Trained.Arch)
	}
	for _, d := range v.Damaged {
		fmt.Fprintf(&b, "\n%s", d)
	}
	if v.replayed() {
		fmt.Fprintf(&b, "\n%s: the same bits as %s: %d variables, %s numbers", v.Name, v.To, v.Variables, readable.Grouped(v.Numbers))
		return b.String()
	}
	fmt.Fprintf(&b, "\n%s: differs from %s in %d of %d variables", v.Name, v.To, len(v.Differ), v.Variables)
	if len(v.Differ) > 0 {
		d := v.Differ[0]
		fmt.Fprintf(&b, "\nfirst %s: %s of %s numbers; the largest difference is %.3g, of number %d: %.9g in the checkpoint, %.9g replayed",
			d.Variable, readable.Grouped(d.Differ), readable.Grouped(d.Numbers), d.Largest, d.Index, d.Checkpoint, d.Replay)
	}
	if v.Counts != "" {
		fmt.Fprintf(&b, "\n%s", v.Counts)
	}
	return b.String()
}

// Verify trains the last batches of the run in a folder again, from the checkpoint
// before the last one to the last one, and compares all bits. It writes nothing.
func Verify(ctx context.Context, dir rundir.Folder, o Options) (*Verified, error) {
	o = o.Filled()
	r, list, err := replay(dir, o)
	if err != nil {
		return nil, err
	}
	if r.g, err = r.e.Graph(); err != nil {
		return nil, err
	}
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	last := list[0]
	v := &Verified{
		Format: spec.Format, Name: r.e.Name, Folder: string(dir), From: list[1].Name, To: last.Name, Batch: r.at.Batches, Last: last.At.Batches,
		Trained: last.By, Now: kernel(r), Threads: o.Threads, Differ: []Replayed{}, Damaged: rundir.Unsound(dir, r.info),
	}
	t, err := r.trainer()
	if err != nil {
		return nil, err
	}
	defer t.close()
	r.Report.Stage(fmt.Sprintf("replaying batches %d to %d of %s", v.Batch+1, v.Last, name(&r.network)))
	for r.at.Batches < last.At.Batches {
		end := t.epochEnd()
		_, err := t.run(ctx, min(end, last.At.Batches), func(batch int) error {
			r.Report.Work(int64(batch+1-v.Batch), int64(v.Last-v.Batch))
			return nil
		})
		if err != nil {
			return nil, err
		}
		if r.at.Batches == end {
			r.at.NextEpoch()
		}
	}
	if err := t.home.Save(r.v); err != nil {
		return nil, err
	}
	v.compare(t.p, last.V, r.v)
	if a, b := last.At, r.at; a.Loss != b.Loss || a.Images != b.Images || a.Correct != b.Correct {
		v.Counts = fmt.Sprintf("of the epoch so far the checkpoint has a summed loss of %v and %d of %d images right, the replay %v and %d of %d",
			a.Loss, a.Correct, a.Images, b.Loss, b.Correct, b.Images)
	}
	return v, nil
}

// replay reads a run as it was at the checkpoint before the last one.
func replay(dir rundir.Folder, o Options) (*run, []rundir.Saved, error) {
	l, err := dir.Share()
	if err != nil {
		return nil, nil, err
	}
	defer l.Release()
	e, info, err := Open(dir)
	if err != nil {
		return nil, nil, err
	}
	list, damaged, err := rundir.ReadCheckpoints(dir, info, 2)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range damaged {
		o.Report.Note("%v", d.Err)
	}
	if len(list) < 2 {
		return nil, nil, fmt.Errorf("%s: has %d checkpoints that can be read, want two to compare; a run keeps the last two unless --keep says otherwise", dir, len(list))
	}
	r := &run{network: network{Options: o, e: e, dir: dir, v: list[1].V}, info: info, at: list[1].At}
	r.Folder = info.Folder
	return r, list, nil
}

// compare compares variables bit by bit: those of the program in its order, then
// those that only the checkpoint has.
func (v *Verified) compare(p *nn.Program, checkpoint, replay *nn.Variables) {
	names, seen := []string{}, map[string]bool{}
	for _, x := range p.Vars {
		names = append(names, x.Name)
	}
	for _, name := range append(names, checkpoint.Names()...) {
		if seen[name] {
			continue
		}
		seen[name] = true
		v.Variables++
		a, _ := checkpoint.Get(name)
		b, _ := replay.Get(name)
		d := Replayed{Variable: name, Numbers: max(len(a.Data), len(b.Data)), Differ: max(len(a.Data), len(b.Data)) - min(len(a.Data), len(b.Data))}
		v.Numbers += d.Numbers
		for i := range min(len(a.Data), len(b.Data)) {
			x, y := a.Data[i], b.Data[i]
			if math.Float32bits(x) == math.Float32bits(y) {
				continue
			}
			// The first one, or a larger difference.
			by, largest := math.Abs(float64(x)-float64(y)), float64(d.Largest)
			if d.Differ == 0 || by > largest || math.IsNaN(by) && !math.IsNaN(largest) {
				d.Largest, d.Index, d.Checkpoint, d.Replay = rundir.Number(by), i, rundir.Number(x), rundir.Number(y)
			}
			d.Differ++
		}
		if d.Differ > 0 {
			v.Differ = append(v.Differ, d)
		}
	}
}
