package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// precisionOf is the sentence every figure of numbers ends with.
func precisionOf(d Data, all []series) string {
	return "Precision: " + ofEach(d, all, func(a *recording.Anatomy) string {
		if a.Precision == "" {
			return "not recorded"
		}
		return a.Precision
	})
}

// ofEach says what a text of the anatomy is for the variants drawn: once where
// it is the same for all, else for each by name. Empty ones are left out.
func ofEach(d Data, all []series, text func(*recording.Anatomy) string) string {
	var names, texts []string
	same := true
	for _, s := range all {
		if t := text(d.anatomy(s.variant)); !slices.Contains(names, s.variant) {
			names, texts = append(names, s.variant), append(texts, t)
			same = same && t == texts[0]
		}
	}
	if len(texts) == 0 {
		return text(d.Anatomy)
	}
	if same {
		return texts[0]
	}
	var parts []string
	for i, t := range texts {
		if t != "" {
			parts = append(parts, names[i]+": "+t)
		}
	}
	return strings.Join(parts, ", ")
}

// reestimatedOf says at which steps norm statistics were re-estimated.
func reestimatedOf(d Data, all []series) string {
	text := ofEach(d, all, func(a *recording.Anatomy) string {
		if len(a.Reestimated) == 0 {
			return ""
		}
		return canvas.Plural("step", a.Reestimated)
	})
	if text == "" {
		return "No norm statistics were re-estimated"
	}
	return "Norm statistics were re-estimated at " + text
}

// recordedOf says the same of figures of recordings, and which steps have no
// numbers though the image has arrived.
func recordedOf(d Data, all []series) string {
	anew := ofEach(d, all, func(a *recording.Anatomy) string { return strings.Join(spans(a.RecordedAnew), "; ") })
	text := "No norm statistics were re-estimated"
	if anew != "" {
		text = "Norm statistics were re-estimated, from training images, of " + anew
	}
	if none := ofEach(d, all, func(a *recording.Anatomy) string { return strings.Join(spans(a.Unrecorded), "; ") }); none != "" {
		text = canvas.Sentences(text, "No numbers where training never reached the weights: "+none)
	}
	return text
}

// spans writes places AREA@STEP with their steps together: "V1@5–7", in the
// order in which the areas first occur.
func spans(places []string) []string {
	var order []string
	at := map[string][]int{}
	for _, p := range places {
		area, step, ok := strings.Cut(p, "@")
		n, err := strconv.Atoi(step)
		if !ok || err != nil {
			continue
		}
		if at[area] == nil {
			order = append(order, area)
		}
		if !slices.Contains(at[area], n) {
			at[area] = append(at[area], n)
		}
	}
	var parts []string
	for _, area := range order {
		slices.Sort(at[area])
		parts = append(parts, area+"@"+canvas.Ranges(at[area]))
	}
	return parts
}

// theOne says which network a figure of a single one is of: one network where
// there are no variants, else its name, and its run.
func theOne(f analysis.Frame) (who string, of []series) {
	who, variant := "one network", f.Label("variant")
	if variant != "" {
		who = "one network, " + variant
	}
	if run := f.Label("run"); run != "" {
		who += ", run " + run
	}
	return who, []series{{variant: variant}}
}

// nOf says how many images (and runs) stand behind numbers.
func nOf(all []series) string {
	most, fewest, undefined, runs := 0.0, math.Inf(1), 0.0, 0
	for _, s := range all {
		most, fewest, undefined = max(most, s.n), min(fewest, s.fewest), max(undefined, s.undefined)
		runs = max(runs, len(s.runs))
	}
	sample := "image"
	if len(all) > 0 && all[0].sample != "" {
		sample = all[0].sample
	}
	images := canvas.Many(most, sample)
	if fewest < most {
		images = canvas.Grouped(fewest) + " to " + images
	}
	text := "n = " + images
	if runs > 1 {
		text = fmt.Sprintf("n = %d runs, each on %s", runs, images)
	}
	if undefined > 0 {
		text += fmt.Sprintf(" (up to %s a step left out as undefined)", canvas.Grouped(undefined))
	}
	return text
}

// variantsOf counts the variants among series, which may be of several areas.
func variantsOf(all []series) int {
	seen := map[string]bool{}
	for _, s := range all {
		seen[s.variant] = true
	}
	return len(seen)
}

// linesOf says what lines and bands, or bars, are. Of one run these are the interval
// named, over images. Of conditions all lines are of one network.
func linesOf(d Data, all []series, single string) string {
	runs, most := 0, 0
	for _, s := range all {
		most = max(most, len(s.step))
	}
	shape := intervalsOf(variantsOf(all), most)
	if shape == bars {
		shape += " (of the variants in their order, right of the step)"
	}
	for _, s := range all {
		runs = max(runs, len(s.runs))
	}
	who := "one network"
	if variantsOf(all) > 1 && !d.oneNetwork(all) {
		who = "one network for each variant"
	}
	if runs > 1 {
		return "thin lines: runs; line and " + shape + ": mean and 95 % t interval over runs; " + nOf(all)
	}
	if missing(all) {
		return fmt.Sprintf("%s; %s; no interval is known", who, nOf(all))
	}
	over := single + " over images"
	if len(all) > 0 && all[0].band != "" {
		over = all[0].band
	}
	return fmt.Sprintf("%s; %s: %s, %s", who, shape, over, nOf(all))
}

// missing reports whether no number has an interval.
func missing(all []series) bool {
	for _, s := range all {
		for _, v := range s.low {
			if !math.IsNaN(v) {
				return false
			}
		}
	}
	return true
}
