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
	probes  map[string][]analysis.Frame
	table   *analysis.Table
	named   map[string][]byte
	Opened  map[string]int // how often each was opened, by the name of its file
}

var _ analysis.Source = (*Files)(nil)

// NewFiles has no recordings yet.
func NewFiles(a *recording.Anatomy) *Files {
	return &Files{anatomy: a, files: map[string][]byte{}, probes: map[string][]analysis.Frame{}, named: map[string][]byte{}, Opened: map[string]int{}}
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

// PutAnswers adds the logits, [image, step, class], of the test. Target is as in
// recording.CreateLogits.
func (f *Files) PutAnswers(l recording.Logits, ids, labels []int, target, data []float32) {
	f.PutAnswersOf("", l, ids, labels, target, data)
}

func logitsFile(split string) string {
	if split != "" {
		return "logits." + split
	}
	return "logits"
}

// PutAnswersOf is PutAnswers of a split.
func (f *Files) PutAnswersOf(split string, l recording.Logits, ids, labels []int, target, data []float32) {
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
	f.files[logitsFile(split)] = b.Bytes()
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
func (f *Files) Answers(split string) (*recording.LogitsReader, io.Closer, error) {
	r, err := f.open(logitsFile(split))
	if err != nil {
		return nil, nil, err
	}
	l, err := recording.OpenLogits(r, r.Size())
	return l, io.NopCloser(nil), err
}

// PutTable says what the data set tells of the images.
func (f *Files) PutTable(t *analysis.Table) { f.table = t }

// Table implements analysis.Source.
func (f *Files) Table() (*analysis.Table, error) { return f.table, nil }

// PutProbe adds what a probe measured.
func (f *Files) PutProbe(name string, frames ...analysis.Frame) { f.probes[name] = frames }

// Probe implements analysis.Source.
func (f *Files) Probe(name string) ([]analysis.Frame, error) {
	frames, ok := f.probes[name]
	if !ok {
		return nil, fmt.Errorf("probe %s: %w", name, fs.ErrNotExist)
	}
	return frames, nil
}

// RemoveProbe takes away what a probe measured.
func (f *Files) RemoveProbe(name string) { delete(f.probes, name) }

// PutFile adds a file that settings name.
func (f *Files) PutFile(path string, content []byte) { f.named[path] = content }

// Open implements analysis.Source.
func (f *Files) Open(path string) (analysis.File, int64, error) {
	b, ok := f.named[path]
	if !ok {
		return nil, 0, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	r := bytes.NewReader(b)
	return struct {
		*bytes.Reader
		io.Closer
	}{r, io.NopCloser(r)}, r.Size(), nil
}
