package analysis

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"ventral/cortex/recording"
)

// Axis names the positions along one axis of a frame: by Values, by Labels or,
// where both are given, by Values with Labels to print. Groups says what each
// position belongs to, such as the class of an image.
type Axis struct {
	Name, Unit string
	Values     []float64
	Labels     []string
	Groups     []string `json:",omitempty"`
}

// Len returns the number of positions.
func (a Axis) Len() int { return max(len(a.Values), len(a.Labels)) }

// At returns the name of position i.
func (a Axis) At(i int) string {
	if i < len(a.Labels) {
		return a.Labels[i]
	}
	if i < len(a.Values) {
		return strconv.FormatFloat(a.Values[i], 'g', -1, 64)
	}
	return strconv.Itoa(i)
}

// Find returns the position of a label, -1 where there is none.
func (a Axis) Find(label string) int { return slices.Index(a.Labels, label) }

// Frame is a labelled array in C order: the last axis varies fastest. NaN is a
// number that does not exist, such as one before onset.
type Frame struct {
	Name, Unit, Title string
	Analysis          string // name of the analysis that made it; "" where its kind's
	Axes              []Axis
	Data              []float64
	Note              string

	// Sample is what the statistic "n" counts, "" images; Band what "low" and "high" are,
	// "" what the figure of such frames says of intervals.
	Sample, Band string
}

// Shape returns the lengths of the axes.
func (f Frame) Shape() []int {
	s := make([]int, len(f.Axes))
	for i, a := range f.Axes {
		s[i] = a.Len()
	}
	return s
}

// Check reports an array whose data does not fill its axes.
func (f Frame) Check() error {
	n := 1
	for _, a := range f.Axes {
		if len(a.Values) > 0 && len(a.Labels) > 0 && len(a.Values) != len(a.Labels) {
			return fmt.Errorf("analysis: frame %q: axis %q has %d values and %d labels", f.Name, a.Name, len(a.Values), len(a.Labels))
		}
		if len(a.Groups) > 0 && len(a.Groups) != a.Len() {
			return fmt.Errorf("analysis: frame %q: axis %q has %d groups of %d positions", f.Name, a.Name, len(a.Groups), a.Len())
		}
		n *= a.Len()
	}
	if n != len(f.Data) {
		return fmt.Errorf("analysis: frame %q of %v has %d numbers, not %d", f.Name, f.Shape(), len(f.Data), n)
	}
	return nil
}

// Axis returns the axis of a name, nil where there is none.
func (f Frame) Axis(name string) *Axis {
	for i := range f.Axes {
		if f.Axes[i].Name == name {
			return &f.Axes[i]
		}
	}
	return nil
}

// Label returns the only label of an axis, such as the area of an activity
// frame; "" where there is no such axis or it has several positions.
func (f Frame) Label(axis string) string {
	if a := f.Axis(axis); a != nil && a.Len() == 1 {
		return a.At(0)
	}
	return ""
}

// With returns the frame with one more axis in front, of one position: which
// variant or run the numbers are of. Package plots draws frames of the same
// name and different "variant" together, and averages over "run".
func (f Frame) With(axis, label string) Frame {
	f.Axes = append([]Axis{{Name: axis, Labels: []string{label}}}, f.Axes...)
	return f
}

// At returns the number at an index of every axis.
func (f Frame) At(index ...int) float64 {
	at := 0
	for i, a := range f.Axes {
		at = at*a.Len() + index[i]
	}
	return f.Data[at]
}

// Column returns the numbers along the axis "step" (or any other last but
// one) at a label of the axis "statistic", which is the last. It is nil where
// the frame has no such statistic.
func (f Frame) Column(statistic string) []float64 {
	if len(f.Axes) == 0 {
		return nil
	}
	last := f.Axes[len(f.Axes)-1]
	k, n := last.Find(statistic), last.Len()
	if last.Name != "statistic" || k < 0 {
		return nil
	}
	var column []float64
	for i := k; i < len(f.Data); i += n {
		column = append(column, f.Data[i])
	}
	return column
}

type frameJSON struct {
	Name, Unit, Title string
	Analysis          string `json:",omitempty"`
	Axes              []Axis
	Data              []number
	Note              string
	Sample            string `json:",omitempty"`
	Band              string `json:",omitempty"`
}

// number is a float64 that JSON can hold: NaN is null, infinities are text.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte("null"), nil
	case math.IsInf(v, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-inf"`), nil
	default:
		return json.Marshal(v)
	}
}

func (n *number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*n = number(math.NaN())
	case `"inf"`:
		*n = number(math.Inf(1))
	case `"-inf"`:
		*n = number(math.Inf(-1))
	default:
		return json.Unmarshal(b, (*float64)(n))
	}
	return nil
}

// MarshalJSON writes NaN as null.
func (f Frame) MarshalJSON() ([]byte, error) {
	j := frameJSON{f.Name, f.Unit, f.Title, f.Analysis, f.Axes, make([]number, len(f.Data)), f.Note, f.Sample, f.Band}
	for i, v := range f.Data {
		j.Data[i] = number(v)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote and checks it.
func (f *Frame) UnmarshalJSON(b []byte) error {
	var j frameJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*f = Frame{j.Name, j.Unit, j.Title, j.Analysis, j.Axes, make([]float64, len(j.Data)), j.Note, j.Sample, j.Band}
	for i, v := range j.Data {
		f.Data[i] = float64(v)
	}
	return f.Check()
}

// WriteCSV writes one row per number: a column per axis, then the value with
// its unit in the heading. The second axis of a name is called "NAME 2". NaN is
// an empty field.
func (f Frame) WriteCSV(w io.Writer) error {
	if err := f.Check(); err != nil {
		return err
	}
	heading := func(name, unit string) string {
		if unit == "" {
			return name
		}
		return name + " (" + unit + ")"
	}
	c := csv.NewWriter(w)
	row := make([]string, len(f.Axes)+1)
	times := map[string]int{}
	for i, a := range f.Axes {
		name := a.Name
		if times[name]++; times[name] > 1 {
			name = fmt.Sprintf("%s %d", name, times[name])
		}
		row[i] = heading(name, a.Unit)
	}
	row[len(f.Axes)] = heading(f.Name, f.Unit)
	if err := c.Write(row); err != nil {
		return err
	}
	for i, v := range f.Data {
		rest := i
		for k := len(f.Axes) - 1; k >= 0; k-- {
			n := f.Axes[k].Len()
			row[k] = f.Axes[k].At(rest % n)
			rest /= n
		}
		row[len(f.Axes)] = ""
		if !math.IsNaN(v) {
			row[len(f.Axes)] = strconv.FormatFloat(v, 'g', -1, 64)
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// framesFile is how frames are stored, in the format of recordings.
type framesFile struct {
	Format int     `json:"format"`
	Frames []Frame `json:"frames"`
}

// WriteFrames writes frames as one JSON object: {"format": 2, "frames": […]}.
func WriteFrames(w io.Writer, frames []Frame) error {
	for _, f := range frames {
		if err := f.Check(); err != nil {
			return err
		}
	}
	return json.NewEncoder(w).Encode(framesFile{recording.Format, frames})
}

// ReadFrames reads what WriteFrames wrote.
func ReadFrames(r io.Reader) ([]Frame, error) {
	var f framesFile
	if err := json.NewDecoder(r).Decode(&f); err != nil {
		return nil, fmt.Errorf("analysis: frames: %w", err)
	}
	if err := recording.CheckFormat(f.Format); err != nil {
		return nil, fmt.Errorf("analysis: frames: %w", err)
	}
	return f.Frames, nil
}
