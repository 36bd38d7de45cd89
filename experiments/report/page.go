package report

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
	"ventral/plots/page"
)

// writePage writes index.html of a run beside its controls.
func writePage(r *Run, controls []*Run, figures []page.Figure) error {
	p := page.Page{Title: r.label, Subtitle: subtitle(r), Question: r.settings["about"], Figures: figures, Experiment: r.Experiment}
	var err error
	if p.Finding, err = finding(r, controls); err != nil {
		return err
	}
	p.Summary = append(p.Summary, notes(r, controls)...)
	p.Facts = facts(r)
	if r.Test.Judged() {
		p.Tables = append(p.Tables, testTable(r))
	}
	if len(controls) > 0 {
		if r.Test.Judged() {
			p.Tables = append(p.Tables, controlTable(r, controls))
		}
		for _, o := range controls {
			path := "controls/" + o.Info.Variant + "/"
			if r.Info.Condition != nil {
				path = "../../"
			}
			p.Links = append(p.Links, page.Link{Text: "page of " + o.label, Path: path + rundir.PageFile})
		}
	}
	shown, figure, err := shownConditions(r)
	if err != nil {
		return err
	}
	if shown != nil {
		p.Tables = append(p.Tables, conditionTables(shown)...)
		for _, row := range shown.Rows {
			if path := "conditions/" + row.Name + "/" + rundir.PageFile; row.Name != AsTrained && r.Dir.Has(path) {
				p.Links = append(p.Links, page.Link{Text: "page of " + row.Name, Path: path})
			}
		}
		for _, name := range []string{"csv", "json"} {
			p.Links = append(p.Links, page.Link{Text: conditionsFile + name, Path: conditionsFile + name})
		}
	}
	if figure != nil {
		p.Figures = append(p.Figures, *figure)
	}
	for _, name := range append([]string{rundir.ExperimentFile, rundir.SourceFile, rundir.InfoFile}, rundir.ResultFiles...) {
		if r.Dir.Has(name) {
			p.Links = append(p.Links, page.Link{Text: name, Path: name})
		}
	}
	for _, folder := range []string{"recordings", "probes"} {
		files, err := rundir.Files(r.Dir, folder)
		if err != nil {
			return err
		}
		for _, name := range files {
			if rundir.IsResult(name) {
				p.Links = append(p.Links, page.Link{Text: name, Path: name})
			}
		}
	}
	made, err := frameFiles(r.Dir)
	if err != nil {
		return err
	}
	for _, name := range made {
		p.Links = append(p.Links, page.Link{Text: name, Path: name})
	}
	p.Provenance = provenance(r)
	onTop(r, &p)
	p.Remarks = hygiene(r)
	if err := addMoving(r, &p); err != nil {
		return err
	}
	return r.Dir.Write(rundir.PageFile, func(w io.Writer) error { return page.Write(w, p) })
}

// conditionText lists lesions and settings of a condition.
func conditionText(c *rundir.Condition) string {
	var parts []string
	for _, l := range c.Lesions {
		parts = append(parts, "lesion "+l)
	}
	return strings.Join(append(parts, c.Set...), "; ")
}

// subtitle says in a line how the run stands.
func subtitle(r *Run) string {
	switch {
	case r.Info.Condition != nil:
		return "The trained cortex in another condition: " + conditionText(r.Info.Condition)
	case r.Test != nil:
		if r.Info.Diverged {
			return fmt.Sprintf("One network, seed %d; training diverged within %s", r.Info.Seed, readable.Counted(len(r.Epochs), "epoch"))
		}
		return fmt.Sprintf("One network, seed %d, trained for %s", r.Info.Seed, readable.Counted(len(r.Epochs), "epoch"))
	case r.Info.State == rundir.Interrupted:
		return fmt.Sprintf("Interrupted after %d of %s; cortex run with --resume goes on", len(r.Epochs), readable.Counted(r.Info.Epochs, "epoch"))
	case r.Info.State == rundir.Failed:
		return "Failed: " + r.Info.Error
	}
	return fmt.Sprintf("Running: %d of %s", len(r.Epochs), readable.Counted(r.Info.Epochs, "epoch"))
}

// notes are those of the run and its controls, in sentences.
func notes(r *Run, controls []*Run) (list []string) {
	for _, n := range r.Info.Notes {
		list = append(list, "Note: "+n+".")
	}
	if len(r.Stale) > 0 {
		list = append(list, fmt.Sprintf("Note: made of other recordings than are there now, and not shown: %s; `cortex analyse RUN %s` makes them again.", strings.Join(r.Stale, ", "), strings.Join(r.Stale, " ")))
	}
	for _, o := range controls {
		for _, n := range o.Info.Notes {
			list = append(list, "Note, "+o.label+": "+n+".")
		}
	}
	return list
}

// finding says in a sentence what the test images showed.
func finding(r *Run, controls []*Run) (string, error) {
	if r.Test == nil {
		return "", nil
	}
	if !r.Test.Judged() {
		n, err := rundir.RecordedImages(r.Dir)
		return fmt.Sprintf("%s: %s.", r.label, testSentence(r.Test, n)), err
	}
	s := fmt.Sprintf("%s %s.", r.label, testSentence(r.Test, 0))
	for _, o := range controls {
		if r.Info.Condition != nil {
			s += fmt.Sprintf(" The run itself %s.", testSentence(o.Test, 0))
		} else {
			s += fmt.Sprintf(" The control %s (%s parameters against %s) %s.", o.label, readable.Grouped(o.Info.Parameters), readable.Grouped(r.Info.Parameters), testSentence(o.Test, 0))
		}
		p, ok, err := readPair(r, o)
		if err != nil {
			return "", err
		}
		if ok {
			these := "these two networks"
			if r.Info.Condition != nil {
				these = "this network"
			}
			s += " " + p.sentence(r.label, o.label, these)
		}
	}
	switch {
	case r.Info.Condition != nil:
		s += " One network: this says nothing yet about other seeds."
	case len(controls) > 0:
		s += " One network each: this says nothing yet about other seeds."
	}
	return s, nil
}

func facts(r *Run) []page.Fact {
	f := []page.Fact{
		{Label: "parameters in use", Value: readable.Grouped(r.Info.Parameters)},
		{Label: "multiply-adds an image", Value: readable.Short(r.Info.MultiplyAdds)},
		{Label: "time steps", Value: r.settings["steps"]},
	}
	if r.Test.Judged() {
		l := r.Test.Last()
		f = append([]page.Fact{{Label: fmt.Sprintf("%s accuracy at step %d", r.Test.Split, l.Step), Value: fmt.Sprintf("%.1f %%", float64(l.Accuracy))}}, f...)
	}
	if r.Info.Seconds > 0 {
		f = append(f, page.Fact{Label: "training time", Value: time.Duration(r.Info.Seconds * float64(time.Second)).Round(time.Second).String()})
	}
	return append(f, page.Fact{Label: "precision", Value: r.Info.Precision})
}

func testTable(r *Run) page.Table {
	t := r.Test
	x := page.Table{Title: "Test by step", Columns: []string{"step", "accuracy (%)", "95 % interval", "loss (nat)", "trained"},
		Note: fmt.Sprintf("n = %s %s images, one network; Wilson intervals over images; loss is cross-entropy. Precision: %s.", readable.Grouped(t.Last().Images), t.Split, r.Info.Precision)}
	for _, s := range t.Steps {
		low, high := analysis.Wilson(s.Correct, s.Images)
		trained := "no"
		if s.Trained {
			trained = "yes"
		}
		x.Rows = append(x.Rows, []string{fmt.Sprint(s.Step), fmt.Sprintf("%.1f", float64(s.Accuracy)), fmt.Sprintf("%.1f to %.1f", 100*low, 100*high), fmt.Sprintf("%.3f", float64(s.Loss)), trained})
	}
	return x
}

func controlTable(r *Run, controls []*Run) page.Table {
	x := page.Table{Title: "Beside its controls", Columns: []string{"network", "parameters", "multiply-adds an image", "last step", "accuracy (%)", "95 % interval"},
		Note: "One network each. Parameters, multiply-adds and time to answer cannot all be matched at once."}
	if r.Info.Condition != nil {
		x.Title, x.Note = "Beside the run itself", "One network with the same weights; Wilson intervals over images."
	}
	for _, o := range append([]*Run{r}, controls...) {
		l := o.Test.Last()
		low, high := analysis.Wilson(l.Correct, l.Images)
		x.Rows = append(x.Rows, []string{o.label, readable.Grouped(o.Info.Parameters), readable.Short(o.Info.MultiplyAdds), fmt.Sprint(l.Step), fmt.Sprintf("%.1f", float64(l.Accuracy)), fmt.Sprintf("%.1f to %.1f", 100*low, 100*high)})
	}
	return x
}

func provenance(r *Run) []page.Fact {
	i := r.Info
	p := []page.Fact{
		{Label: "program", Value: "cortex " + i.Version + ", " + i.Go + ", " + i.OS + "/" + i.Arch},
		{Label: "engine", Value: fmt.Sprintf("%s, kernel %s, %s, %s", i.Engine, i.Kernel, readable.Counted(i.Threads, "thread"), i.Precision)},
		{Label: "command", Value: strings.Join(i.Command, " ")},
		{Label: "seed", Value: fmt.Sprint(i.Seed)},
		{Label: "experiment", Value: "SHA-256 " + i.Experiment},
		{Label: "begun", Value: i.Started.Format(time.RFC3339)},
	}
	if i.Program != "" {
		p = append(p, page.Fact{Label: "program file", Value: "SHA-256 " + i.Program})
	}
	for _, name := range slices.Sorted(maps.Keys(i.Data)) {
		p = append(p, page.Fact{Label: "data " + name, Value: "SHA-256 " + i.Data[name]})
	}
	for _, x := range i.Resumed {
		p = append(p, page.Fact{Label: "resumed", Value: fmt.Sprintf("%s at batch %d%s", x.Time.Format(time.RFC3339), x.Batches, x.Changes(i))})
	}
	if r.Test != nil && len(r.Test.Reestimated)+len(r.Test.Recording) > 0 {
		p = append(p, page.Fact{Label: "re-estimated norms", Value: strings.Join(append(append([]string(nil), r.Test.Reestimated...), r.Test.Recording...), ", ")})
	}
	if n := rundir.TestReads(r.Dir, i); n > 1 {
		p = append(p, page.Fact{Label: "test images", Value: fmt.Sprintf("were read %d times", n)})
	}
	return p
}
