package protocol

import (
	"fmt"
	"strings"

	"ventral/cortex/recording"
)

// strip says what is on the screen from step to step; of a mixture, what the first
// condition shows, and that others show something else.
func strip(conditions []Condition, layouts [][]moment) (list []recording.Segment) {
	words := func(t int) (kind, text string) {
		for k := range conditions {
			a, b := conditions[k].words(layouts[k][t])
			if k == 0 {
				kind, text = a, b
			} else if text != b {
				return kind, fmt.Sprintf("one of %d", len(conditions))
			}
		}
		return kind, text
	}
	for t := 0; t < len(layouts[0]); {
		kind, text := words(t)
		item, from := layouts[0][t].item, t
		for ; t < len(layouts[0]); t++ {
			if a, b := words(t); a != kind || b != text || layouts[0][t].item != item {
				break
			}
		}
		list = append(list, recording.Segment{From: from, To: t - 1, Kind: kind, Text: text})
	}
	return list
}

// words says what is shown at a moment.
func (c *Condition) words(m moment) (kind, text string) {
	if !present(c, m) {
		return "absent", "no input"
	}
	x := &c.Items[m.item]
	var parts []string
	switch {
	case x.Mask != "":
		kind = "mask"
		parts = append(parts, "mask: "+strings.ReplaceAll(x.Mask, "_", " "))
		if x.Mask == "image" {
			parts[0] = "mask: other image"
		}
	case x.Blank != "":
		kind = "blank"
		parts = append(parts, x.Blank)
	default:
		kind = "image"
		parts = append(parts, "image")
		if x.Image > 0 {
			parts[0] = fmt.Sprintf("image %d", x.Image+1)
		}
		if x.Frame == NextFrame {
			parts[0] = strings.Replace(parts[0], "image", "clip", 1)
		} else if x.Frame > 0 {
			parts = append(parts, fmt.Sprintf("frame %d", x.Frame))
		}
	}
	for _, r := range []struct {
		Ramp
		name string
		none float64
	}{{x.Contrast, "contrast", 1}, {x.Luminance, "luminance", 1}, {x.Scale, "scale", 1}, {x.Blur, "blur", 0}} {
		if r.Ramp != (Ramp{r.none, r.none}) {
			parts = append(parts, fmt.Sprintf("%s %s", r.name, strings.Replace(r.String(), "..", " to ", 1)))
		}
	}
	switch x.Noise.Kind {
	case "":
	case "salt_and_pepper":
		parts = append(parts, fmt.Sprintf("salt and pepper %g %%", 100*x.Noise.Fraction))
	default:
		parts = append(parts, fmt.Sprintf("noise sd %g", x.Noise.SD))
	}
	if x.Occlude.Kind != "" {
		parts = append(parts, fmt.Sprintf("%g %% behind %s", 100*x.Occlude.Fraction, x.Occlude.Kind))
	}
	if x.Shift != [2]int{} {
		parts = append(parts, fmt.Sprintf("moves %d, %d", x.Shift[0], x.Shift[1]))
	}
	return kind, strings.Join(parts, ", ")
}

// Line writes a strip in one line: "0..2 image; 3 grey; 4.. mask: tiles".
func Line(list []recording.Segment) string {
	var parts []string
	for i, s := range list {
		when := fmt.Sprintf("%d..%d", s.From, s.To)
		switch {
		case s.From == s.To:
			when = fmt.Sprint(s.From)
		case i == len(list)-1:
			when = fmt.Sprintf("%d..", s.From)
		}
		parts = append(parts, when+" "+s.Text)
	}
	return strings.Join(parts, "; ")
}
