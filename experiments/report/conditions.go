package report

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"ventral/cortex/analysis"
	"ventral/experiments/contrast"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
)

// AsTrained is the name of the run itself beside its conditions.
const AsTrained = contrast.AsTrained

// ConditionTable is the accuracy of a trained cortex at each step, in several
// conditions, and contrasts of these over the same images.
type ConditionTable struct {
	Format    int            `json:"format"`
	Run       string         `json:"run"`
	Chance    rundir.Number  `json:"chance"` // per cent
	Rows      []ConditionRow `json:"conditions"`
	Contrasts []ContrastRow  `json:"contrasts"`
	Notes     []string       `json:"notes"` // what is not there, and why
}

// ConditionRow is one condition. The first is the run itself where its test used the
// same images as one of the others.
type ConditionRow struct {
	Name   string           `json:"name"`
	Values []contrast.Value `json:"values"` // of the lists that made it one of several
	Split  string           `json:"split"`
	Steps  []ConditionStep  `json:"steps"`
}

// ConditionStep is the accuracy at a step in per cent, with its Wilson interval over
// images.
type ConditionStep struct {
	Step     int           `json:"step"`
	Images   int           `json:"images"`
	Correct  int           `json:"correct"`
	Accuracy rundir.Number `json:"accuracy"`
	Low      rundir.Number `json:"low"`
	High     rundir.Number `json:"high"`
}

// Conditions puts the accuracies of conditions of a run beside each other, and
// contrasts of them, into conditions/accuracy.csv and accuracy.json. With draw it draws
// them, and writes the run's page again. A contrast is of conditions of the table and of
// the run itself. One of the experiment that cannot be made is a note; one that was asked
// for by its text is an error beside the table.
func Conditions(dir rundir.Folder, there []rundir.Folder, with Beside, draw bool) (t *ConditionTable, err error) {
	var asked error
	err = dir.Alone(func() error {
		if t, asked, err = conditionsOf(dir, there, with); err != nil {
			return err
		}
		if with.Note != "" {
			t.Notes = append([]string{with.Note}, t.Notes...)
		}
		if err := t.write(dir); err != nil || !draw {
			return err
		}
		return drawConditions(dir, t)
	})
	if err != nil {
		return nil, err
	}
	return t, asked
}

// Beside is what belongs to a table of conditions.
type Beside struct {
	Contrasts []contrast.Contrast
	Suffix    string // of the conditions' names, as in [contrast.Conditions]
	Note      string // what else is to be known of the conditions, "" nothing
}

// conditionsOf makes the table. Faults are of contrasts that were asked for.
func conditionsOf(dir rundir.Folder, there []rundir.Folder, with Beside) (t *ConditionTable, faults, err error) {
	trained, err := read(dir)
	if err != nil {
		return nil, nil, err
	}
	t = &ConditionTable{Format: rundir.Format, Run: trained.label, Chance: trained.Info.Chance, Rows: []ConditionRow{}, Contrasts: []ContrastRow{}, Notes: []string{}}
	var shown []*Run
	for _, f := range there {
		r, err := readTested(f)
		if err != nil {
			return nil, nil, err
		}
		if !r.Test.Judged() {
			t.Notes = append(t.Notes, r.label+": its images have no labels, so it has no accuracy")
			continue
		}
		if shown = append(shown, r); len(shown) == 1 && trained.Info.Chance != r.Info.Chance {
			t.Chance = r.Info.Chance
		}
	}
	if trained.Test.Judged() && slices.ContainsFunc(shown, func(r *Run) bool { return alike(trained, r) }) {
		trained.label = AsTrained
		shown = append([]*Run{trained}, shown...)
	}
	for _, r := range shown {
		row := ConditionRow{Name: r.label, Values: []contrast.Value{}, Split: r.Test.Split}
		if _, values := contrast.NameOf(r.label); len(values) > 0 {
			row.Values = values
		}
		for _, s := range r.Test.Steps {
			low, high := analysis.Wilson(s.Correct, s.Images)
			row.Steps = append(row.Steps, ConditionStep{s.Step, s.Images, s.Correct, s.Accuracy, rundir.Number(100 * low), rundir.Number(100 * high)})
		}
		t.Rows = append(t.Rows, row)
	}
	t.Notes = append(t.Notes, unpaired(shown)...)
	if trained.Test.Judged() && !slices.Contains(shown, trained) {
		trained.label = AsTrained
		shown = append(shown, trained)
	}
	known := contrast.Conditions{Suffix: with.Suffix}
	for _, r := range shown {
		known.Names = append(known.Names, r.label)
	}
	for _, c := range with.Contrasts {
		names, err := known.Rows(c)
		var rows []ContrastRow
		if err == nil {
			rows, err = contrastRows(shown, names)
		}
		switch {
		case err != nil && c.Asked():
			faults = errors.Join(faults, c.Fault(err))
		case err != nil && !errors.As(err, &contrast.Foreign{}):
			t.Notes = append(t.Notes, c.Fault(err).Error())
		}
		t.Contrasts = append(t.Contrasts, rows...)
		for _, r := range rows {
			if r.note != "" && !slices.Contains(t.Notes, r.note) {
				t.Notes = append(t.Notes, r.note)
			}
		}
	}
	return t, faults, nil
}

// unpaired says which conditions were tested on other images than the first: nothing of
// them is paired with it.
func unpaired(shown []*Run) (notes []string) {
	var reasons []string
	of := map[string][]string{}
	for _, r := range shown[min(1, len(shown)):] {
		why, _ := unlike(&Run{label: "first", Info: shown[0].Info, Test: shown[0].Test}, &Run{label: "other", Info: r.Info, Test: r.Test})
		if why == "" {
			continue
		}
		if of[why] == nil {
			reasons = append(reasons, why)
		}
		of[why] = append(of[why], r.label)
	}
	for _, why := range reasons {
		_, reason, _ := strings.Cut(why, ": ")
		if reason == "" {
			reason = "they are of another split"
		}
		notes = append(notes, fmt.Sprintf("not paired with %s, since tested on other images: %s; %s", shown[0].label, someOf(of[why]), reason))
	}
	return notes
}

// someOf lists names, of many the first.
func someOf(names []string) string {
	const most = 8
	if len(names) > most {
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(names, ", ")
}

// unlike says why two runs were not tested on the same images; "" where they were. Note
// is what is to be known of pairs of them.
func unlike(a, b *Run) (why, note string) {
	if a.Test.Split != b.Test.Split {
		return fmt.Sprintf("%s was tested on %s images and %s on %s images", a.label, a.Test.Split, b.label, b.Test.Split), ""
	}
	why, note = rundir.Pairing(a.Info, b.Info, a.Test.Split)
	if why != "" {
		why = fmt.Sprintf("%s and %s were tested on different images: %s", a.label, b.label, why)
	}
	if note != "" {
		note = fmt.Sprintf("%s and %s are paired by the ids of images: %s", a.label, b.label, note)
	}
	return why, note
}

// alike reports whether two runs were tested on the same images.
func alike(a, b *Run) bool { why, _ := unlike(a, b); return why == "" }

// write writes accuracy.csv and accuracy.json.
func (t *ConditionTable) write(dir rundir.Folder) error {
	rows := [][]any{{"kind", "name", "step", "images", "accuracy_or_difference", "low", "high"}}
	for _, r := range t.Rows {
		for _, s := range r.Steps {
			rows = append(rows, []any{"accuracy", r.Name, s.Step, s.Images, s.Accuracy, s.Low, s.High})
		}
	}
	for _, c := range t.Contrasts {
		for _, s := range c.Steps {
			rows = append(rows, []any{"difference", c.Name, s.Step, s.Images, s.Difference, s.Low, s.High})
		}
	}
	if err := rundir.WriteCSV(dir, conditionsFile+"csv", rows); err != nil {
		return err
	}
	return dir.WriteJSON(conditionsFile+"json", t)
}

// conditionsFile is the beginning of the names of the files.
const conditionsFile = "conditions/accuracy."

// Text writes a row for each condition and each contrast, with a column for some of the
// steps that all have, and for the last of each.
func (t *ConditionTable) Text() string {
	var b strings.Builder
	steps := t.someSteps()
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	head := func(what string) {
		fmt.Fprint(w, what)
		for _, s := range steps {
			fmt.Fprintf(w, "\tstep %d", s)
		}
		fmt.Fprintln(w, "\tlast step\timages")
	}
	if len(t.Rows) > 0 {
		head("condition")
	}
	for _, r := range t.Rows {
		fmt.Fprint(w, r.Name)
		last := r.Steps[len(r.Steps)-1]
		for _, at := range append(steps, last.Step) {
			k := slices.IndexFunc(r.Steps, func(s ConditionStep) bool { return s.Step == at })
			fmt.Fprintf(w, "\t%.1f (%.0f to %.0f)", float64(r.Steps[k].Accuracy), float64(r.Steps[k].Low), float64(r.Steps[k].High))
		}
		fmt.Fprintf(w, "\t%s\n", readable.Grouped(last.Images))
	}
	if len(t.Contrasts) > 0 {
		fmt.Fprintln(w)
		head("contrast")
	}
	for _, c := range t.Contrasts {
		fmt.Fprint(w, c.Name)
		for _, at := range append(steps, c.Steps[len(c.Steps)-1].Step) {
			k := slices.IndexFunc(c.Steps, func(s ContrastStep) bool { return s.Step == at })
			switch {
			case k < 0:
				fmt.Fprint(w, "\t")
			case math.IsNaN(float64(c.Steps[k].Low)):
				fmt.Fprintf(w, "\t%+.1f", float64(c.Steps[k].Difference))
			default:
				fmt.Fprintf(w, "\t%+.1f (%+.1f to %+.1f)", float64(c.Steps[k].Difference), float64(c.Steps[k].Low), float64(c.Steps[k].High))
			}
		}
		fmt.Fprintf(w, "\t%s\n", readable.Grouped(c.Images))
	}
	w.Flush()
	if len(t.Rows) > 0 {
		fmt.Fprintf(&b, "accuracy in per cent with 95 %% Wilson intervals over images; chance %.3g %%\n", float64(t.Chance))
	}
	if len(t.Contrasts) > 0 {
		fmt.Fprintln(&b, contrastNote)
	}
	for _, n := range t.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}

// someSteps are up to three of the steps at which all conditions were tested, evenly.
func (t *ConditionTable) someSteps() (list []int) {
	var common []int
	for i, r := range t.Rows {
		var own []int
		for _, s := range r.Steps {
			own = append(own, s.Step)
		}
		if i == 0 {
			common = own
		}
		common = slices.DeleteFunc(common, func(t int) bool { return !slices.Contains(own, t) })
	}
	n := len(common) - 1 // the last is a column of its own
	for k := range min(3, n) {
		list = append(list, common[k*n/min(3, n)])
	}
	return list
}
