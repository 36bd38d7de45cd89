package compare

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ventral/connectivity"
	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Diff is what differs between two experiments, and nothing else.
type Diff struct {
	Format      int      `json:"format"`
	First       string   `json:"first"`
	Second      string   `json:"second"`
	Areas       []Change `json:"areas"`
	Connections []Change `json:"connections"`
	Follows     []Change `json:"follows"` // parameters, multiply-adds, onsets, accuracy
	Keys        []Change `json:"keys"`    // of the resolved files, of which nothing above tells
}

// Change is one difference. What is "added", "removed", "retimed", "resized" or
// "changed"; a connection can have several.
type Change struct {
	Name string `json:"name"`
	What string `json:"what"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Side is an experiment as Diff sees it.
type Side struct {
	Name       string
	Experiment *spec.Experiment
	Test       *rundir.TestResult // nil where it was not run
	Validated  rundir.Validated   // with Test
	Seed       int
	Lesions    []string // with which a condition was tested
}

// NewDiff compares two experiments by what they mean: patterns written out,
// defaults filled in.
func NewDiff(a, b Side) (*Diff, error) {
	d := &Diff{Format: spec.Format, First: a.Name, Second: b.Name, Areas: []Change{}, Connections: []Change{}, Follows: []Change{}, Keys: []Change{}}
	d.areas(a.Experiment, b.Experiment)
	d.connections(a.Experiment, b.Experiment)
	for _, k := range spec.Differences(a.Experiment, b.Experiment) {
		if k.Key != "name" && k.Key != "about" && !strings.HasPrefix(k.Key, "connection.") && !strings.HasPrefix(k.Key, "area.") {
			d.Keys = append(d.Keys, Change{k.Key, "changed", orAbsent(k.Was), orAbsent(k.Is)})
		}
	}
	if was, is := strings.Join(a.Lesions, "; "), strings.Join(b.Lesions, "; "); was != is {
		d.Keys = append(d.Keys, Change{"lesions of the condition", "changed", orAbsent(was), orAbsent(is)})
	}
	return d, d.follows(a, b)
}

func orAbsent(value string) string {
	if value == "" {
		return "–"
	}
	return value
}

func (d *Diff) areas(a, b *spec.Experiment) {
	shapes := func(e *spec.Experiment) map[string]string {
		m := map[string]string{}
		for _, x := range e.Areas {
			m[x.Name] = fmt.Sprintf("%d×%d×%d", x.Shape[0], x.Shape[1], x.Shape[2])
		}
		return m
	}
	x, y := shapes(a), shapes(b)
	for _, area := range a.Areas {
		switch to, ok := y[area.Name]; {
		case !ok:
			d.Areas = append(d.Areas, Change{area.Name, "removed", x[area.Name], "–"})
		case to != x[area.Name]:
			d.Areas = append(d.Areas, Change{area.Name, "resized", x[area.Name], to})
		}
	}
	for _, area := range b.Areas {
		if _, ok := x[area.Name]; !ok {
			d.Areas = append(d.Areas, Change{area.Name, "added", "–", y[area.Name]})
		}
	}
	for _, k := range spec.Differences(a, b) {
		name, key, ok := part(k.Key, "area.")
		if _, was := x[name]; !ok || !was || y[name] == "" || key == "shape" {
			continue
		}
		d.Areas = append(d.Areas, Change{name, "changed", key + " " + orAbsent(k.Was), key + " " + orAbsent(k.Is)})
	}
}

// part splits the key of a table by name, as in area.V1.shape.
func part(key, table string) (name, rest string, ok bool) {
	key, ok = strings.CutPrefix(key, table)
	if !ok {
		return "", "", false
	}
	if quoted, found := strings.CutPrefix(key, `"`); found {
		name, rest, ok = strings.Cut(quoted, `".`)
		return name, rest, ok
	}
	name, rest, ok = strings.Cut(key, ".")
	return name, rest, ok
}

func (d *Diff) connections(a, b *spec.Experiment) {
	byName := func(e *spec.Experiment) map[string]*connectivity.Connection {
		m := map[string]*connectivity.Connection{}
		for i := range e.Matrix.Connections {
			c := &e.Matrix.Connections[i]
			m[c.Name] = c
		}
		return m
	}
	about := func(c *connectivity.Connection) string {
		return fmt.Sprintf("%s, %s, delay %d, window %s", c.Role, c.Transform, c.Delay, c.Window)
	}
	x, y := byName(a), byName(b)
	for _, c := range a.Matrix.Connections {
		if y[c.Name] == nil {
			d.Connections = append(d.Connections, Change{c.Name, "removed", about(&c), "–"})
		}
	}
	for _, c := range b.Matrix.Connections {
		if x[c.Name] == nil {
			d.Connections = append(d.Connections, Change{c.Name, "added", "–", about(&c)})
		}
	}
	for _, k := range spec.Differences(a, b) {
		name, key, ok := part(k.Key, "connection.")
		if !ok || x[name] == nil || y[name] == nil {
			continue
		}
		what := "changed"
		switch key {
		case "delay", "window":
			what = "retimed"
		case "kernel", "width", "times":
			what = "resized"
		}
		d.Connections = append(d.Connections, Change{name, what, key + " " + orAbsent(k.Was), key + " " + orAbsent(k.Is)})
	}
}

// follows lists what the differences lead to.
func (d *Diff) follows(a, b Side) error {
	x, err := run.CostOf(a.Experiment)
	if err != nil {
		return err
	}
	y, err := run.CostOf(b.Experiment)
	if err != nil {
		return err
	}
	number := func(name string, was, is float64) {
		if was != is {
			share := ""
			if was != 0 {
				share = " (" + readable.Ratio(is, was) + ")"
			}
			d.Follows = append(d.Follows, Change{name, "changed", grouped(was), grouped(is) + share})
		}
	}
	number("parameters", float64(x.Parameters), float64(y.Parameters))
	number("multiply-adds an image", float64(x.MultiplyAdds), float64(y.MultiplyAdds))
	number("longest path", float64(x.Longest), float64(y.Longest))
	number("updates", float64(x.Updates), float64(y.Updates))
	g, err := a.Experiment.Graph()
	if err != nil {
		return err
	}
	h, err := b.Experiment.Graph()
	if err != nil {
		return err
	}
	for i, area := range a.Experiment.Areas {
		for k, other := range b.Experiment.Areas {
			if area.Name == other.Name && g.Onset(i) != h.Onset(k) {
				d.Follows = append(d.Follows, Change{"onset of " + area.Name, "changed", onset(g.Onset(i)), onset(h.Onset(k))})
			}
		}
	}
	if a.Test != nil && b.Test != nil {
		if was, is := validation(a), validation(b); was != is {
			d.Follows = append(d.Follows, Change{"validation accuracy by the last epoch, one run each", "changed", was, is})
		}
		was, is := accuracy(a), accuracy(b)
		if was != is {
			d.Follows = append(d.Follows, Change{fmt.Sprintf("%s accuracy, one run each (95 %% over images)", a.Test.Split), "changed", was, is})
		}
	}
	return nil
}

func onset(t int) string {
	if t < 0 {
		return "never"
	}
	return fmt.Sprintf("step %d", t)
}

// validation is a run's accuracy on validation images by its last epoch.
func validation(s Side) string {
	if s.Validated.Epoch == 0 {
		return "none"
	}
	return fmt.Sprintf("%.1f %% in epoch %d, seed %d", float64(s.Validated.Accuracy), s.Validated.Epoch, s.Seed)
}

// accuracy is that of a run at its last step, with the interval over images.
func accuracy(s Side) string {
	last := s.Test.Steps[len(s.Test.Steps)-1]
	low, high := analysis.Wilson(last.Correct, last.Images)
	return fmt.Sprintf("%.1f %% [%.1f, %.1f] at step %d, seed %d", float64(last.Accuracy), 100*low, 100*high, last.Step, s.Seed)
}

// Empty reports whether nothing differs.
func (d *Diff) Empty() bool {
	return len(d.Areas)+len(d.Connections)+len(d.Follows)+len(d.Keys) == 0
}

// rows are all changes under what they are of.
func (d *Diff) rows() (rows [][]string) {
	for _, part := range []struct {
		name string
		list []Change
	}{{"area", d.Areas}, {"connection", d.Connections}, {"", d.Follows}, {"key", d.Keys}} {
		for _, c := range part.list {
			rows = append(rows, []string{part.name, c.Name, c.What, c.From, c.To})
		}
	}
	return rows
}

// Print writes the changes as a table.
func (d *Diff) Print(out io.Writer) {
	if d.Empty() {
		fmt.Fprintf(out, "%s and %s do not differ\n", d.First, d.Second)
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\t\t\t%s\t%s\n", d.First, d.Second)
	for _, row := range d.rows() {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
}
