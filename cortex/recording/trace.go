package recording

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// Signals that every area has, and that of the images shown. The dynamics of
// an area may have others.
const (
	Response = "response" // what other areas read
	State    = "state"    // what the area's dynamics carries
	Image    = "image"    // pixels before normalisation, 0 to 1
	Drive    = "drive"    // what arrives in an area, each source by itself: see Trace.Parts
)

// Stimuli stands for the area in a recording of images shown, whose signal is
// Image and whose only step is 0.
const Stimuli = "stimuli"

// Trace describes what one npz file holds: one signal of one area.
type Trace struct {
	Area   string
	Signal string // Response, State or another signal of the area
	Steps  []int  // recorded steps, rising
	Onset  int    // the area's first step with a path from the image; -1 never
	Shape  [3]int // y, x, channel

	// Repeats numbers the showings of each image, from 0; nil where it is shown once.
	Repeats []int

	// Parts, of Drive, are what arrives in the area, one after the other along the
	// channels: each has as many of them. Nil elsewhere.
	Parts []Part

	Reduction Reduction // what is kept of the units; Shape is that of what is kept
	MSPerStep float64   // milliseconds of a step, 0 where that is unknown
	Columns   []Column  // what the data set tells of the images
	Facts     []Fact    // where the numbers are from: condition, weights, program
}

// Part is what arrives in an area from one source at one of its ports.
type Part struct{ From, Port string }

// Column is a text for each image of a recording.
type Column struct {
	Name   string
	Values []string
}

// Fact is a text of a recording.
type Fact struct{ Name, Text string }

func (t Trace) check() error {
	if t.Signal == "" {
		return fmt.Errorf("recording: trace of %q: found no signal, want %q, %q or another one", t.Area, Response, State)
	}
	for _, d := range t.Shape {
		if d < 1 {
			return fmt.Errorf("recording: trace of %q: shape %v has an empty axis", t.Area, t.Shape)
		}
	}
	if n := len(t.Parts); n > 0 && t.Shape[2]%n != 0 {
		return fmt.Errorf("recording: trace of %q: %d channels are not those of %d parts", t.Area, t.Shape[2], n)
	}
	return checkSteps("trace of "+t.Area, t.Steps)
}

func checkSteps(what string, s []int) error {
	for i, v := range s {
		if v < 0 || i > 0 && v <= s[i-1] {
			return fmt.Errorf("recording: %s: steps %v do not rise from 0", what, s)
		}
	}
	if len(s) == 0 {
		return fmt.Errorf("recording: %s: no steps", what)
	}
	return nil
}

// before reports whether step t has no number for an area of that onset.
func before(t, onset int) bool { return onset < 0 || t < onset }

// blank writes NaN over every step before onset of data
// [image, step, units].
func blank(data []float32, steps []int, onset, units int) {
	nan := float32(math.NaN())
	for at := 0; at < len(data); at += len(steps) * units {
		for i, t := range steps {
			if before(t, onset) {
				part := data[at+i*units : at+(i+1)*units]
				for j := range part {
					part[j] = nan
				}
			}
		}
	}
}

// TraceWriter takes the images of one trace batch by batch.
type TraceWriter struct {
	trace        Trace
	npz          *NPZWriter
	array        *ArrayWriter
	images, done int
	buf          []float32
}

// Create begins a trace file for the images given. Labels may be nil where
// there are none: they are then -1.
func Create(w io.Writer, t Trace, imageIDs, labels []int) (*TraceWriter, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	z := NewNPZWriter(w)
	if err := writeTable(z, t.Steps, imageIDs, labels); err != nil {
		return nil, err
	}
	if t.Repeats != nil {
		if len(t.Repeats) != len(imageIDs) {
			return nil, fmt.Errorf("recording: %d repeats for %d images", len(t.Repeats), len(imageIDs))
		}
		if err := z.Int64s("repeat", t.Repeats); err != nil {
			return nil, err
		}
	}
	for _, write := range []func() error{
		func() error { return z.Text("area", t.Area) },
		func() error { return z.Text("signal", t.Signal) },
		func() error { return z.Number("onset", t.Onset) },
	} {
		if err := write(); err != nil {
			return nil, err
		}
	}
	if err := writeCoordinates(z, t, len(imageIDs)); err != nil {
		return nil, err
	}
	a, err := z.Array("activity", Header{Float32, []int{len(imageIDs), len(t.Steps), t.Shape[0], t.Shape[1], t.Shape[2]}})
	if err != nil {
		return nil, err
	}
	t.Steps = slices.Clone(t.Steps)
	return &TraceWriter{trace: t, npz: z, array: a, images: len(imageIDs)}, nil
}

// writeCoordinates writes what is known besides images and steps: milliseconds of the
// steps as "ms", the reduction, each column of the data set as "column.NAME", and facts by
// their names.
func writeCoordinates(z *NPZWriter, t Trace, images int) error {
	if t.MSPerStep > 0 {
		ms := make([]float64, len(t.Steps))
		for i, s := range t.Steps {
			ms[i] = t.MSPerStep * float64(s)
		}
		a, err := z.Array("ms", Header{Float64, []int{len(ms)}})
		if err == nil {
			err = a.Float64s(ms)
		}
		if err != nil {
			return err
		}
	}
	if len(t.Parts) > 0 {
		var from, ports []string
		for _, p := range t.Parts {
			from, ports = append(from, p.From), append(ports, p.Port)
		}
		if err := z.Texts("part", from); err != nil {
			return err
		}
		if err := z.Texts("port", ports); err != nil {
			return err
		}
	}
	facts := t.Facts
	if r := t.Reduction.String(); r != "" {
		facts = append([]Fact{{"reduction", r}}, facts...)
	}
	for _, f := range facts {
		if err := z.Text(f.Name, f.Text); err != nil {
			return err
		}
	}
	for _, c := range t.Columns {
		if len(c.Values) != images {
			return fmt.Errorf("recording: column %q has %d texts for %d images", c.Name, len(c.Values), images)
		}
		if err := z.Texts("column."+c.Name, c.Values); err != nil {
			return err
		}
	}
	return nil
}

// writeTable writes the arrays every recording begins with.
func writeTable(z *NPZWriter, step, imageIDs, labels []int) error {
	if labels == nil {
		labels = slices.Repeat([]int{-1}, len(imageIDs))
	}
	if len(labels) != len(imageIDs) {
		return fmt.Errorf("recording: %d labels for %d images", len(labels), len(imageIDs))
	}
	if err := z.Number("format", Format); err != nil {
		return err
	}
	if err := z.Int64s("step", step); err != nil {
		return err
	}
	if err := z.Int64s("image_id", imageIDs); err != nil {
		return err
	}
	return z.Int64s("label", labels)
}

// Append adds images: data is [image, step, y, x, channel]. Steps before
// onset are written as NaN whatever data holds there. Data is not kept.
func (w *TraceWriter) Append(images int, data []float32) error {
	units := w.trace.Shape[0] * w.trace.Shape[1] * w.trace.Shape[2]
	if want := images * len(w.trace.Steps) * units; images < 0 || len(data) != want {
		return fmt.Errorf("recording: trace of %q: %d images of %d steps of %v need %d numbers, given %d",
			w.trace.Area, images, len(w.trace.Steps), w.trace.Shape, want, len(data))
	}
	if w.done+images > w.images {
		return fmt.Errorf("recording: trace of %q: %d images more than the %d announced", w.trace.Area, w.done+images-w.images, w.images)
	}
	w.done += images
	w.buf = append(w.buf[:0], data...)
	blank(w.buf, w.trace.Steps, w.trace.Onset, units)
	return w.array.Float32s(w.buf)
}

// Close completes the file; images that were announced and not appended are an
// error. It does not close the io.Writer.
func (w *TraceWriter) Close() error {
	if w.done != w.images {
		return fmt.Errorf("recording: trace of %q: %d of %d images were appended", w.trace.Area, w.done, w.images)
	}
	return w.npz.Close()
}

// TraceReader reads ranges of images of a trace.
type TraceReader struct {
	Trace    Trace
	ImageIDs []int
	Labels   []int // -1 where there is none
	npz      *NPZReader
}

// Open reads a trace file's description. Activity stays on disk.
func Open(r io.ReaderAt, size int64) (*TraceReader, error) {
	z, err := OpenNPZ(r, size)
	if err != nil {
		return nil, err
	}
	t := &TraceReader{npz: z}
	if t.Trace.Steps, t.ImageIDs, t.Labels, err = readTable(z); err != nil {
		return nil, err
	}
	h, err := z.Header("activity")
	if err != nil {
		return nil, err
	}
	if len(h.Shape) != 5 || h.Type != Float32 || h.Shape[0] != len(t.ImageIDs) || h.Shape[1] != len(t.Trace.Steps) {
		return nil, fmt.Errorf("recording: activity of %s %v is not float32 [%d images, %d steps, y, x, channel]",
			h.Type, h.Shape, len(t.ImageIDs), len(t.Trace.Steps))
	}
	copy(t.Trace.Shape[:], h.Shape[2:])
	if z.Has("repeat") {
		if t.Trace.Repeats, err = z.Int64s("repeat"); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]*string{"area": &t.Trace.Area, "signal": &t.Trace.Signal} {
		texts, err := z.Texts(name)
		if err != nil {
			return nil, err
		}
		if len(texts) != 1 {
			return nil, fmt.Errorf("recording: array %q has %d texts, not 1", name, len(texts))
		}
		*to = texts[0]
	}
	if t.Trace.Onset, err = z.Number("onset"); err != nil {
		return nil, err
	}
	if z.Has("reduction") {
		texts, err := z.Texts("reduction")
		if err == nil && len(texts) == 1 {
			t.Trace.Reduction, err = ParseReduction(texts[0])
		}
		if err != nil {
			return nil, fmt.Errorf("recording: reduction: %w", err)
		}
	}
	if z.Has("part") {
		from, err := z.Texts("part")
		if err != nil {
			return nil, err
		}
		ports, err := z.Texts("port")
		if err != nil || len(ports) != len(from) {
			return nil, fmt.Errorf("recording: found %d ports for %d parts: %w", len(ports), len(from), err)
		}
		for i := range from {
			t.Trace.Parts = append(t.Trace.Parts, Part{from[i], ports[i]})
		}
	}
	return t, t.Trace.check()
}

func readTable(z *NPZReader) (step, ids, labels []int, err error) {
	format, err := z.Number("format")
	if err != nil {
		return nil, nil, nil, err
	}
	if err := CheckFormat(format); err != nil {
		return nil, nil, nil, fmt.Errorf("recording: %w", err)
	}
	if step, err = z.Int64s("step"); err != nil {
		return nil, nil, nil, err
	}
	if ids, err = z.Int64s("image_id"); err != nil {
		return nil, nil, nil, err
	}
	if labels, err = z.Int64s("label"); err != nil {
		return nil, nil, nil, err
	}
	if len(labels) != len(ids) {
		return nil, nil, nil, fmt.Errorf("recording: %d labels for %d images", len(labels), len(ids))
	}
	return step, ids, labels, nil
}

// Images returns the number of images.
func (t *TraceReader) Images() int { return len(t.ImageIDs) }

// PerImage returns the numbers one image has: steps × y × x × channels.
func (t *TraceReader) PerImage() int {
	s := t.Trace.Shape
	return len(t.Trace.Steps) * s[0] * s[1] * s[2]
}

// Read puts images lo … hi-1 into dst [image, step, y, x, channel], whose
// length must be (hi-lo)·PerImage().
func (t *TraceReader) Read(lo, hi int, dst []float32) error {
	if lo < 0 || lo > hi || hi > t.Images() {
		return fmt.Errorf("recording: trace of %q: images %d to %d of %d", t.Trace.Area, lo, hi, t.Images())
	}
	if want := (hi - lo) * t.PerImage(); len(dst) != want {
		return fmt.Errorf("recording: trace of %q: %d images need %d numbers, given room for %d", t.Trace.Area, hi-lo, want, len(dst))
	}
	return t.npz.Float32s("activity", int64(lo)*int64(t.PerImage()), dst)
}
