// Package analysistest has recordings for tests, and what every kind of
// analysis must do with them.
package analysistest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
)

// Files are the recordings of a run, in memory.
type Files struct {
	anatomy *recording.Anatomy
	files   map[string][]byte
	Opened  map[string]int // how often each was opened, by the name of its file
}

var _ analysis.Source = (*Files)(nil)

// NewFiles has no recordings yet.
func NewFiles(a *recording.Anatomy) *Files {
	return &Files{a, map[string][]byte{}, map[string]int{}}
}

// PutTrace adds a recording of an area, or of recording.Stimuli. Data is [image,
// step, y, x, channel].
func (f *Files) PutTrace(t recording.Trace, ids, labels []int, data []float32) {
	var b bytes.Buffer
	w, err := recording.Create(&b, t, ids, labels)
	if err == nil {
		err = w.Append(len(ids), data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	f.files[traceFile(t.Area, t.Signal)] = b.Bytes()
}

// PutAnswers adds the logits, [image, step, class]. Target is as in
// recording.CreateLogits.
func (f *Files) PutAnswers(l recording.Logits, ids, labels []int, target, data []float32) {
	var b bytes.Buffer
	w, err := recording.CreateLogits(&b, l, ids, labels, target)
	if err == nil {
		err = w.Append(len(ids), data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	f.files["logits"] = b.Bytes()
}

// Remove takes a recording away: "AREA.SIGNAL", "logits" or "stimuli.image".
func (f *Files) Remove(name string) {
	if f.files[name] == nil {
		panic("no recording " + name)
	}
	delete(f.files, name)
}

func traceFile(area, signal string) string { return area + "." + signal }

func (f *Files) open(name string) (*bytes.Reader, error) {
	b, ok := f.files[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	f.Opened[name]++
	return bytes.NewReader(b), nil
}

// Anatomy implements analysis.Source.
func (f *Files) Anatomy() *recording.Anatomy { return f.anatomy }

// Trace implements analysis.Source.
func (f *Files) Trace(area, signal string) (*recording.TraceReader, io.Closer, error) {
	r, err := f.open(traceFile(area, signal))
	if err != nil {
		return nil, nil, err
	}
	t, err := recording.Open(r, r.Size())
	return t, io.NopCloser(nil), err
}

// Images implements analysis.Source.
func (f *Files) Images() (*recording.TraceReader, io.Closer, error) {
	return f.Trace(recording.Stimuli, recording.Image)
}

// Answers implements analysis.Source.
func (f *Files) Answers() (*recording.LogitsReader, io.Closer, error) {
	r, err := f.open("logits")
	if err != nil {
		return nil, nil, err
	}
	l, err := recording.OpenLogits(r, r.Size())
	return l, io.NopCloser(nil), err
}
