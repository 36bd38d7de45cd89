package plots

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/wiring"
)

// Data is what figures are drawn from. Frames of several variants or runs carry
// axes "variant" and "run" (analysis.Frame.With) and are drawn together, in the
// order of Frames.
type Data struct {
	Anatomy    *recording.Anatomy
	Variants   map[string]*recording.Anatomy // by label; a missing one is Anatomy
	Frames     []analysis.Frame
	Conditions bool         // the variants are one network in several conditions
	Style      canvas.Style // the zero Style is Light()
	Width      vg.Length    // 0: each figure's own

	shownIn []string // labels of variants that are conditions of one network
}

// withConditions returns data whose frames of several conditions are drawn together, as
// those of variants are.
func (d Data) withConditions() Data {
	frames := make([]analysis.Frame, len(d.Frames))
	for i, f := range d.Frames {
		if len(f.Axes) > 0 && f.Axes[0].Name == "condition" && f.Axes[0].Len() == 1 {
			d.shownIn = append(d.shownIn, f.Axes[0].At(0))
			f.Axes = append([]analysis.Axis{{Name: "variant", Labels: []string{f.Axes[0].At(0)}}}, f.Axes[1:]...)
		}
		frames[i] = f
	}
	d.Frames = frames
	return d
}

// oneNetwork reports whether series are one network in several conditions.
func (d Data) oneNetwork(all []series) bool {
	return d.Conditions || len(all) > 0 && !slices.ContainsFunc(all, func(s series) bool { return !slices.Contains(d.shownIn, s.variant) })
}

func (d Data) style() canvas.Style {
	if d.Style.Ink == nil {
		return canvas.Light()
	}
	return d.Style
}

func (d Data) anatomy(variant string) *recording.Anatomy {
	if a := d.Variants[variant]; a != nil {
		return a
	}
	return d.Anatomy
}

// steps returns the steps of the longest variant drawn.
func (d Data) steps(all []series) int {
	n := 0
	for _, s := range all {
		n = max(n, d.anatomy(s.variant).Steps)
	}
	return max(n, 1)
}

// readoutOnset returns the first step at which any readout drawn sees the
// image, -1 where none ever does.
func (d Data) readoutOnset(all []series) int {
	first := -1
	for _, s := range all {
		if on := d.anatomy(s.variant).ReadoutOnset(); on >= 0 && (first < 0 || on < first) {
			first = on
		}
	}
	return first
}

// msPerStep returns what a step stands for in milliseconds, 0 where that is
// unknown or not the same for all variants drawn.
func (d Data) msPerStep(all []series) float64 {
	ms := d.anatomy(all[0].variant).MSPerStep
	for _, s := range all {
		if d.anatomy(s.variant).MSPerStep != ms {
			return 0
		}
	}
	return ms
}

// width returns the width asked for, or own.
func (d Data) width(own vg.Length) vg.Length {
	if d.Width > 0 {
		return d.Width
	}
	return own
}

// frames returns the frames of a name, of the analysis that is called by its kind.
func (d Data) frames(name string) []analysis.Frame {
	var fs []analysis.Frame
	for _, f := range d.Frames {
		if f.Name == name && f.Analysis == "" {
			fs = append(fs, f)
		}
	}
	return fs
}

// Kind makes one kind of figure.
type Kind struct {
	Name  string
	About string
	make  func(Data) (*canvas.Figure, error) // nil, errAbsent where data lacks it
	draws []string                           // names of frames that are not drawn by their axes; none: the anatomy alone is drawn
}

var errAbsent = errors.New("plots: nothing to draw it from")

// Kinds lists the figures in the order of a report. Frames that none of them
// names are drawn by their axes.
func Kinds() []Kind {
	return []Kind{
		{"learning", "loss and accuracy over epochs", learning, []string{"learning"}},
		{"accuracy", "accuracy and confidence over steps", accuracy, []string{"accuracy", "confidence", "exact set", "entropy"}},
		{"activity", "mean response of every area over steps", activity, []string{"activity", "state size"}},
		{"active-units", "active units of every area over steps", activeUnits, []string{"active units"}},
		{"state-change", "distance between successive states", stateChange, []string{"state change"}},
		{"feature-maps", "responses to chosen images over steps", featureMaps, []string{"feature maps", "stimuli"}},
		{"anatomy", "areas and connections", diagram, nil},
		{"matrix", "connections from every area to every area", matrix, nil},
		{"confusion", "true against chosen class at the last step", confusion, []string{"confusion"}},
	}
}

// diagram and matrix are of the anatomy alone.
func diagram(d Data) (*canvas.Figure, error) { return ofAnatomy(d, wiring.Diagram) }
func matrix(d Data) (*canvas.Figure, error)  { return ofAnatomy(d, wiring.Matrix) }

func ofAnatomy(d Data, draw func(*recording.Anatomy, canvas.Style, canvas.Pt) *canvas.Figure) (*canvas.Figure, error) {
	if len(d.Anatomy.Areas) == 0 {
		return nil, errAbsent
	}
	return draw(d.Anatomy, d.style(), d.Width), nil
}

// Make makes the figure of a name. An unknown name is an error that lists the
// known ones; so is data the figure cannot be drawn from.
func Make(name string, d Data) (*canvas.Figure, error) {
	var known []string
	d = d.withConditions()
	for _, k := range Kinds() {
		if k.Name == name {
			return k.from(d)
		}
		known = append(known, k.Name)
	}
	return nil, fmt.Errorf("plots: no figure %q, known are %s", name, strings.Join(known, ", "))
}

// All makes every figure the data allows: those of Kinds, those of other frames
// by their axes, and the same of each analysis that has a name of its own.
func All(d Data) ([]*canvas.Figure, error) {
	d = d.withConditions()
	var names []string // of analyses, "" first
	of := map[string][]analysis.Frame{}
	for _, f := range d.Frames {
		name := f.Analysis
		if of[name] == nil && name != "" {
			names = append(names, name)
		}
		f.Analysis = ""
		of[name] = append(of[name], f)
	}
	var figures []*canvas.Figure
	for _, name := range append([]string{""}, names...) {
		d.Frames = of[name]
		list, err := ofAnalysis(d, name)
		if err != nil {
			return nil, err
		}
		figures = append(figures, list...)
	}
	return figures, nil
}

// ofAnalysis makes the figures of the frames of one analysis; "" stands for those
// that have no name of their own.
func ofAnalysis(d Data, name string) ([]*canvas.Figure, error) {
	var figures []*canvas.Figure
	for _, k := range Kinds() {
		if name != "" && k.draws == nil {
			continue
		}
		f, err := k.from(d)
		if errors.Is(err, errAbsent) {
			continue
		}
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	others, err := byAxes(d)
	if err != nil {
		return nil, err
	}
	figures = append(figures, others...)
	if name != "" {
		for _, f := range figures {
			f.Name, f.Title, f.Analysis = name+"-"+f.Name, f.Title+" ("+name+")", name
		}
	}
	return figures, nil
}

func (k Kind) from(d Data) (*canvas.Figure, error) {
	if d.Anatomy == nil {
		return nil, fmt.Errorf("plots: figure %q needs an anatomy", k.Name)
	}
	if err := d.Anatomy.Check(); err != nil {
		return nil, err
	}
	for _, f := range d.Frames {
		if err := f.Check(); err != nil {
			return nil, err
		}
	}
	f, err := k.make(d)
	if err != nil {
		return nil, fmt.Errorf("figure %q: %w", k.Name, err)
	}
	f.Name, f.Style, f.Frames = k.Name, d.style(), k.draws
	return f, nil
}
