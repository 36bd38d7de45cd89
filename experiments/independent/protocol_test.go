package independent

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A part is a frame of what is on the screen, times a gain.
type part struct {
	frame int
	gain  float64
}

// A screen is what is shown at each step: parts that are added up, none where nothing
// arrives; and the image of the trial whose label belongs to it, -1 where none does.
// Frames have numbers in the order in which they come: what an item shows, then what
// contrast is about, then black, to which luminance leads.
type screen struct {
	parts [][]part
	image []int
}

// static is the screen of an image that is shown at some steps.
func static(shown []bool) screen {
	s := screen{make([][]part, len(shown)), make([]int, len(shown))}
	for t, on := range shown {
		if s.image[t] = -1; on {
			s.parts[t], s.image[t] = []part{{0, 1}}, 0
		}
	}
	return s
}

// pictures is how many different pictures are shown, and first the step that shows the
// picture of step t first.
func (s screen) pictures() (n int) {
	for t := range s.parts {
		if len(s.parts[t]) > 0 && s.first(t) == t {
			n++
		}
	}
	return n
}

func (s screen) first(t int) int {
	return slices.IndexFunc(s.parts, func(p []part) bool { return slices.Equal(p, s.parts[t]) })
}

// protocolOf returns the name in input.protocol, "" where the image is shown at
// input.steps: of the two the variant's counts, and together they are refused.
func protocolOf(input, own table) (string, error) {
	name, ok := input["protocol"].(string)
	if !ok || input["steps"] == nil {
		return name, nil
	}
	switch p, s := own["protocol"] != nil, own["steps"] != nil; {
	case p == s:
		return "", refuseAt("input.protocol", "input.protocol beside input.steps")
	case s:
		return "", nil
	}
	return name, nil
}

// readProtocol lays out what a protocol shows.
func readProtocol(protocols table, name, labels string, steps int) (screen, error) {
	base, value, chosen := strings.Cut(strings.TrimSuffix(name, "]"), "[soa=")
	p := protocols.sub(base)
	s := static(make([]bool, steps))
	if p == nil {
		return s, refuseAt("input.protocol", "there is no protocol %s", base)
	}
	soa, _ := p["soa"].(int)
	if chosen {
		soa, _ = strconv.Atoi(value)
		if !slices.Contains(p["soa"].([]any), any(soa)) {
			return s, refuseAt("input.protocol", "%s has no condition %s", base, name)
		}
	}
	ground := chain{p}.text("ground", "mean")
	frames := map[string]int{}
	number := func(what string) int {
		if _, ok := frames[what]; !ok {
			frames[what] = len(frames)
		}
		return frames[what]
	}
	item, next := make([]int, steps), 0
	at := make([][2]int, steps) // the k-th of n steps of its item
	list := p["show"].([]any)
	images := map[int]bool{}
	for i, v := range list {
		x := v.(table)
		var own []int
		if text, ok := x["steps"].(string); ok {
			on, err := existing(text, steps)
			if err != nil {
				return s, refuseAt("protocol."+base, "%v", err)
			}
			own = listed(on)
		} else {
			n := steps - next
			switch d := x["for"].(type) {
			case int:
				n = d
			case string:
				if d == "soa" {
					n = soa
				} else if i < len(list)-1 {
					return s, refuseAt("protocol."+base, "rest is not the last")
				}
			}
			if n > steps-next || n <= 0 && x["blank"] == nil {
				return s, refuseAt("protocol."+base, "item %d does not fit the trial", i)
			}
			for t := next; t < min(next+n, steps); t++ {
				own = append(own, t)
			}
		}
		for k, t := range own {
			if item[t] != 0 {
				return s, refuseAt("protocol."+base, "step %d is shown twice", t)
			}
			item[t], at[t], next = i+1, [2]int{k, len(own)}, t+1
		}
	}
	for t := range steps {
		if item[t] == 0 {
			continue
		}
		x := list[item[t]-1].(table)
		what := "blank " + chain{x}.text("blank", "")
		if x["blank"] == nil {
			k, _ := x["image"].(int)
			what, s.image[t], images[k] = fmt.Sprint("image ", k), k, true
		}
		if what == "blank absent" {
			continue
		}
		add := func(what string, gain float64) {
			f := number(what)
			for i := range s.parts[t] {
				if s.parts[t][i].frame == f {
					s.parts[t][i].gain += gain
					return
				}
			}
			s.parts[t] = append(s.parts[t], part{f, gain})
		}
		c, l := ramp(x["contrast"], at[t]), ramp(x["luminance"], at[t])
		add(what, c*l)
		if c != 1 {
			add("blank "+ground, (1-c)*l)
		}
		if l != 1 {
			add("blank black", 1-l)
		}
	}
	label, _ := p["label"].(int)
	switch {
	case len(images) == 0:
		return s, refuseAt("protocol."+base, "no image is shown")
	case labels != "trial":
	case p["label"] == nil && len(images) > 1:
		return s, refuseAt("protocol."+base, "two images and no label")
	case p["label"] != nil && !images[label]:
		return s, refuseAt("protocol."+base, "image %d is not shown", label)
	}
	return s, nil
}

// ramp is a number, or goes evenly from one to another over the steps of an item.
func ramp(v any, at [2]int) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case string:
		a, b, _ := strings.Cut(v, "..")
		from, _ := strconv.ParseFloat(a, 64)
		to, _ := strconv.ParseFloat(b, 64)
		switch k, n := at[0], at[1]; {
		case n == 1:
			return from
		case k == n-1:
			return to
		default:
			return from + (to-from)*float64(k)/float64(n-1)
		}
	}
	return 1
}

// judge says which labels the answer at each step is judged by, and leaves out steps
// without: those so many steps after something that has no label. Without a number it
// is as many as what is on the screen first takes to the readout.
func (n *network) judge() error {
	r := &n.readout
	if r.labels == "trial" {
		return nil
	}
	lag := r.lag
	if lag < 0 {
		first := slices.IndexFunc(n.input.screen.parts, func(p []part) bool { return len(p) > 0 })
		lag = max(0, newClock(n).onset(r.from)-first)
	}
	var known []int
	r.answers = make([]int, n.steps)
	for t := range r.answers {
		r.answers[t] = -1
		if t < lag || n.input.screen.image[t-lag] < 0 {
			continue
		}
		k := n.input.screen.image[t-lag]
		if !slices.Contains(known, k) {
			known = append(known, k)
		}
		r.answers[t] = slices.Index(known, k)
	}
	var train []int
	var weights []float64
	for k, t := range r.train {
		if r.answers[t] < 0 {
			if r.any {
				return refuseAt("readout.train", "step %d is drawn and has no label", t)
			}
			continue
		}
		if train = append(train, t); len(r.weights) > 0 {
			weights = append(weights, r.weights[k])
		}
	}
	r.train, r.weights = train, weights
	r.test = slices.DeleteFunc(slices.Clone(r.test), func(t int) bool { return r.answers[t] < 0 })
	return nil
}

// answersOf are the labels that the answer at step t is judged by: of the first those of
// the batch, of others each class so many further.
func (r *readout) answersOf(labels [][]float64, t int) [][]float64 {
	if r.answers == nil {
		return labels
	}
	return turned(labels, r.answers[t])
}

// turned are other labels of a batch.
func turned(labels [][]float64, which int) [][]float64 {
	out := make([][]float64, len(labels))
	for i, l := range labels {
		out[i] = make([]float64, len(l))
		for c, v := range l {
			out[i][(c+which)%len(l)] = v
		}
	}
	return out
}

// portNumber is the number of a port that is called first, then first@1, first@2, ….
func portNumber(port, first string) (n int, ok bool) {
	if port == first {
		return 0, true
	}
	text, ok := strings.CutPrefix(port, first+"@")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
