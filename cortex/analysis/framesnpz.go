package analysis

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/recording"
)

// WriteNPZ writes frames for numpy: "format", of each an array NAME of float64, and for each axis
// NAME@AXIS, its values, or its labels where it has no values. An axis that comes twice
// is written once. NAME is the frame's with _ for spaces, and .AREA where several frames
// have one name.
func WriteNPZ(w io.Writer, frames []Frame) error {
	z := recording.NewNPZWriter(w)
	if err := z.Number("format", recording.Format); err != nil {
		return err
	}
	var taken []string
	for _, f := range frames {
		name := FileName(f, taken)
		taken = append(taken, name)
		a, err := z.Array(name, recording.Header{Type: recording.Float64, Shape: f.Shape()})
		if err == nil {
			err = a.Float64s(f.Data)
		}
		if err != nil {
			return err
		}
		var axes []string
		for _, x := range f.Axes {
			if slices.Contains(axes, x.Name) {
				continue
			}
			axes = append(axes, x.Name)
			if err := writeAxis(z, name+"@"+x.Name, x); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

// writeAxis writes the positions of an axis.
func writeAxis(z *recording.NPZWriter, name string, x Axis) error {
	if len(x.Values) > 0 {
		a, err := z.Array(name, recording.Header{Type: recording.Float64, Shape: []int{len(x.Values)}})
		if err != nil {
			return err
		}
		return a.Float64s(x.Values)
	}
	return z.Texts(name, x.Labels)
}

// FileName is what files call a frame: its name with _ for spaces, with that of its
// area, and with a number where that is taken.
func FileName(f Frame, taken []string) string {
	base := strings.ReplaceAll(f.Name, " ", "_")
	if a := f.Label("area"); a != "" {
		base += "." + a
	}
	name := base
	for i := 2; slices.Contains(taken, name); i++ {
		name = base + "-" + strconv.Itoa(i)
	}
	return name
}
