package experiments

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/plots"
)

// page writes the page without drawing figures anew.
func (r *run) page() error {
	if r.g == nil {
		return nil
	}
	return r.draw()
}

// writePage writes index.html.
func (r *run) writePage(figures []plots.PageFigure) error {
	p := plots.Page{Title: r.e.Name, Subtitle: r.status(), Figures: figures, Experiment: r.text()}
	if r.e.About != "" {
		p.Summary = append(p.Summary, r.e.About)
	}
	s, err := r.finding()
	if err != nil {
		return err
	}
	if s != "" {
		p.Summary = append(p.Summary, s)
	}
	p.Summary = append(p.Summary, r.notes()...)
	p.Facts = r.facts()
	if r.done != nil {
		p.Tables = append(p.Tables, r.testTable())
	}
	if len(r.others) > 0 {
		p.Tables = append(p.Tables, r.controlTable())
		for _, o := range r.others {
			p.Links = append(p.Links, plots.Link{Text: "page of " + o.name(), Path: "controls/" + o.e.Variant + "/" + rundir.PageFile})
		}
	}
	for _, name := range append([]string{rundir.ExperimentFile, rundir.SourceFile, rundir.InfoFile}, rundir.ResultFiles...) {
		if r.dir.Has(name) {
			p.Links = append(p.Links, plots.Link{Text: name, Path: name})
		}
	}
	traces, err := rundir.Files(r.dir, "recordings")
	if err != nil {
		return err
	}
	for _, name := range traces {
		if !rundir.IsResult(name) {
			continue
		}
		p.Links = append(p.Links, plots.Link{Text: name, Path: name})
	}
	p.Provenance = r.provenance()
	return r.dir.Write(rundir.PageFile, func(w io.Writer) error { return plots.WritePage(w, p) })
}

// text is the resolved experiment as the run's folder has it.
func (r *run) text() string {
	if s, err := r.dir.ReadText(rundir.ExperimentFile); err == nil {
		return s
	}
	return r.e.TOML()
}

// status says in a line how the run stands.
func (r *run) status() string {
	switch {
	case r.done != nil:
		if r.info.Diverged {
			return fmt.Sprintf("One network, seed %d; training diverged within %s", r.e.Seed, readable.Counted(len(r.epochs), "epoch"))
		}
		return fmt.Sprintf("One network, seed %d, trained for %s", r.e.Seed, readable.Counted(len(r.epochs), "epoch"))
	case r.info.State == rundir.Interrupted:
		return fmt.Sprintf("Interrupted after %d of %s; cortex run with --resume goes on", len(r.epochs), readable.Counted(r.e.Train.Epochs, "epoch"))
	case r.info.State == rundir.Failed:
		return "Failed: " + r.info.Error
	}
	return fmt.Sprintf("Running: %d of %s", len(r.epochs), readable.Counted(r.e.Train.Epochs, "epoch"))
}

// notes are those of the run and its controls, in sentences.
func (r *run) notes() (list []string) {
	for _, n := range r.info.Notes {
		list = append(list, "Note: "+n+".")
	}
	for _, o := range r.others {
		for _, n := range o.info.Notes {
			list = append(list, "Note, "+o.name()+": "+n+".")
		}
	}
	return list
}

// finding says in a sentence what the test images showed.
func (r *run) finding() (string, error) {
	if r.done == nil {
		return "", nil
	}
	s := fmt.Sprintf("%s %s.", r.e.Name, testSentence(r.done.test))
	for _, o := range r.others {
		s += fmt.Sprintf(" The control %s (%s parameters against %s) %s.", o.name(), readable.Grouped(o.info.Parameters), readable.Grouped(r.info.Parameters), testSentence(o.done.test))
		p, ok, err := r.paired(o)
		if err != nil {
			return "", err
		}
		if ok {
			s += " " + p.sentence(r.e.Name, o.name())
		}
	}
	if len(r.others) > 0 {
		s += " One network each: this says nothing yet about other seeds."
	}
	return s, nil
}

func (r *run) facts() []plots.Fact {
	f := []plots.Fact{
		{Label: "parameters in use", Value: readable.Grouped(r.info.Parameters)},
		{Label: "multiply-adds an image", Value: readable.Short(r.info.MultiplyAdds)},
		{Label: "time slices", Value: fmt.Sprint(r.e.Steps)},
	}
	if r.done != nil {
		l := r.done.test.Last()
		f = append([]plots.Fact{{Label: fmt.Sprintf("%s accuracy at slice %d", r.done.test.Split, l.Slice), Value: fmt.Sprintf("%.1f %%", float64(l.Accuracy))}}, f...)
	}
	if r.info.Seconds > 0 {
		f = append(f, plots.Fact{Label: "training time", Value: time.Duration(r.info.Seconds * float64(time.Second)).Round(time.Second).String()})
	}
	return append(f, plots.Fact{Label: "precision", Value: r.info.Precision})
}

func (r *run) testTable() plots.Table {
	t := r.done.test
	x := plots.Table{Title: "Test by slice", Columns: []string{"slice", "accuracy (%)", "95 % interval", "loss (nat)", "trained"},
		Note: fmt.Sprintf("n = %s %s images, one network; Wilson intervals over images; loss is cross-entropy. Precision: %s.", readable.Grouped(t.Last().Images), t.Split, r.info.Precision)}
	for _, s := range t.Slices {
		low, high := analysis.Wilson(s.Correct, s.Images)
		trained := "no"
		if s.Training {
			trained = "yes"
		}
		x.Rows = append(x.Rows, []string{fmt.Sprint(s.Slice), fmt.Sprintf("%.1f", float64(s.Accuracy)), fmt.Sprintf("%.1f to %.1f", 100*low, 100*high), fmt.Sprintf("%.3f", float64(s.Loss)), trained})
	}
	return x
}

func (r *run) controlTable() plots.Table {
	x := plots.Table{Title: "Beside its controls", Columns: []string{"network", "parameters", "multiply-adds an image", "last slice", "accuracy (%)", "95 % interval"},
		Note: "One network each. Parameters, multiply-adds and time to answer cannot all be matched at once."}
	for _, o := range append([]*run{r}, r.others...) {
		l := o.done.test.Last()
		low, high := analysis.Wilson(l.Correct, l.Images)
		x.Rows = append(x.Rows, []string{o.name(), readable.Grouped(o.info.Parameters), readable.Short(o.info.MultiplyAdds), fmt.Sprint(l.Slice), fmt.Sprintf("%.1f", float64(l.Accuracy)), fmt.Sprintf("%.1f to %.1f", 100*low, 100*high)})
	}
	return x
}

func (r *run) provenance() []plots.Fact {
	i := r.info
	p := []plots.Fact{
		{Label: "program", Value: "cortex " + i.Version + ", " + i.Go + ", " + i.OS + "/" + i.Arch},
		{Label: "engine", Value: fmt.Sprintf("%s, kernel %s, %s, %s", i.Engine, i.Kernel, readable.Counted(i.Threads, "thread"), i.Precision)},
		{Label: "command", Value: strings.Join(i.Command, " ")},
		{Label: "seed", Value: fmt.Sprint(i.Seed)},
		{Label: "experiment", Value: "SHA-256 " + i.Experiment},
		{Label: "begun", Value: i.Started.Format(time.RFC3339)},
	}
	if i.Program != "" {
		p = append(p, plots.Fact{Label: "program file", Value: "SHA-256 " + i.Program})
	}
	for _, name := range slices.Sorted(maps.Keys(i.Data)) {
		p = append(p, plots.Fact{Label: "data " + name, Value: "SHA-256 " + i.Data[name]})
	}
	for _, x := range i.Resumed {
		p = append(p, plots.Fact{Label: "resumed", Value: fmt.Sprintf("%s at step %d%s", x.Time.Format(time.RFC3339), x.Step, x.Changes(i))})
	}
	if r.done != nil && len(r.done.test.Reestimated)+len(r.done.test.Recording) > 0 {
		p = append(p, plots.Fact{Label: "re-estimated norms", Value: strings.Join(append(append([]string(nil), r.done.test.Reestimated...), r.done.test.Recording...), ", ")})
	}
	if n := len(i.TestRead); n > 1 {
		p = append(p, plots.Fact{Label: "test images", Value: fmt.Sprintf("were read %d times", n)})
	}
	return p
}
