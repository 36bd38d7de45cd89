package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/screen"
	"ventral/plots/wiring"
)

func (r rowFigure) caption(d Data, rows []row, every [][]series) string {
	an := d.Anatomy
	var names, extra []string
	for _, row := range rows {
		names = append(names, row.area.Name)
		for _, s := range row.all {
			if i := strings.Index(s.note, "left out"); i >= 0 {
				extra = append(extra, row.area.Name+": "+strings.TrimSpace(s.note[strings.LastIndex(s.note[:i], ";")+1:]))
			}
		}
	}
	what, scales := fmt.Sprintf("%s (%s, from top)", r.columns[0].what, strings.Join(names, ", ")), ""
	if len(r.columns) > 1 {
		what = "(a) " + what
		for k, c := range r.columns[1:] {
			what += fmt.Sprintf("; (%c) %s", 'b'+k, strings.ToLower(c.what[:1])+c.what[1:])
		}
	}
	own := 0
	for k := range r.columns {
		if !sameScale(rows, k) {
			own++
			scales = fmt.Sprintf("Rows of (%c) have scales of their own", 'a'+k)
		}
	}
	switch {
	case len(rows) == 1:
		scales = ""
	case own == 0:
		scales = "All rows have one scale"
	case own == len(r.columns):
		scales = "Rows have scales of their own"
	}
	low := ""
	for _, row := range rows {
		for _, all := range row.of {
			if r.zero && cut(all) {
				low = "Intervals are drawn down to 0 where they go below"
			}
		}
	}
	marks := ""
	if !math.IsNaN(chanceOf(every[0])) {
		marks = "Dashed: chance"
	}
	if slices.ContainsFunc(every[0], func(s series) bool { return slices.ContainsFunc(s.p, func(p float64) bool { return p <= 0.05 }) }) {
		marks = canvas.Sentences(marks, "Squares at the bottom: p ≤ 0.05, corrected")
	}
	strip := screen.Said(d.screens(every[0]))
	if len(an.TrainSteps) > 0 {
		strip += "; dots: steps the loss reads"
	}
	removed := ""
	if r.columns[0].frame == "activity" {
		removed = removedOf(d, rows[0].all)
	}
	return canvas.Sentences(what, canvas.Upper(linesOf(d, every[0], cmp.Or(r.interval, "95 % t interval"))), removed, scales,
		"Triangle: onset of the area, nothing is drawn before it", marks, low, strip,
		strings.Join(slices.Compact(extra), "; "), recordedOf(d, rows[0].all), wiring.StepLasts(d.msPerStep(every[0])), precisionOf(d, rows[0].all))
}

// removedOf says which areas' norms take the mean of a step away, so that their
// responses stay alike whatever their states do.
func removedOf(d Data, all []series) string {
	by := func(statistics string) string {
		return ofEach(d, all, func(a *recording.Anatomy) string {
			var names []string
			for _, x := range a.Areas {
				if x.Norm == statistics {
					names = append(names, x.Name)
				}
			}
			return strings.Join(names, ", ")
		})
	}
	text := ""
	if names := by("per_step"); names != "" {
		text = canvas.Sentences("Norms with statistics of each step take the mean of the step away (" + names + "): a response that stays as it is after the image says nothing of firing that lasts")
	}
	if names := by("shared"); names != "" {
		text = canvas.Sentences(text, "Norms with shared statistics take it away in training, not in testing ("+names+")")
	}
	return text
}
