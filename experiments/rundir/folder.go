package rundir

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/filelock"
)

// Folder is the folder of a run:
//
//	experiment.toml   the experiment with every default written out
//	source.toml       the file as it was given
//	run.json          provenance and state
//	metrics.jsonl, metrics.csv, steps.csv   by epoch, and by epoch and step
//	checkpoints/      weights, optimiser and statistics (safetensors)
//	weights.safetensors   the trained cortex
//	test.json         test results by step
//	logits.npz        of every test image at every test step
//	recordings/       activity of every area [image, step, y, x, channel], and what the data set tells of the images
//	logits.validation.npz   of validation images, where an analysis takes a threshold from them
//	probes/NAME.json  what a probe measured with the engine
//	bases/            principal components that recordings keep
//	anatomy.json      what the cortex is made of
//	analyses/NAME/    what an analysis gives
//	figures/          SVG and PNG
//	index.html        the page
//	controls/NAME/    the same for each control
//	conditions/NAME/  what the trained cortex did in another condition
//	conditions/accuracy.*   several of these side by side
type Folder string

// Names of the files.
const (
	ExperimentFile = "experiment.toml"
	SourceFile     = "source.toml"
	InfoFile       = "run.json"
	MetricsFile    = "metrics.jsonl"
	MetricsTable   = "metrics.csv"
	StepsTable     = "steps.csv"
	WeightsFile    = "weights.safetensors"
	TestFile       = "test.json"
	LogitsFile     = "logits.npz"
	AnatomyFile    = "anatomy.json"
	PageFile       = "index.html"
	ImagesFile     = "recordings/images.csv"
)

// ResultFiles are the results of a run in the order of the page: metrics, test
// results, logits, the data of figures, and weights. Run.json keeps their SHA-256, as
// it does those of recordings. Checkpoints carry their own.
var ResultFiles = []string{MetricsFile, MetricsTable, StepsTable, TestFile, LogitsFile, WeightsFile, AnatomyFile}

// ConditionsFiles are the tables and figures of several conditions side by side, within
// the folder conditions of a run.
var ConditionsFiles = []string{"accuracy.csv", "accuracy.json", "accuracy.svg", "accuracy.png", "accuracy.pdf"}

// Answers is the name of the logits of a split, of which "" are the images that the
// run was tested on.
func Answers(split string) string {
	if split == "" {
		return LogitsFile
	}
	return "logits." + split + ".npz"
}

// Probe is the name of what a probe measured.
func Probe(name string) string { return "probes/" + name + ".json" }

// Basis is the name of the principal components of a signal of an area.
func Basis(area, signal, reduction string) string {
	return "bases/" + area + "." + signal + "." + strings.ReplaceAll(reduction, ":", "") + ".npz"
}

// Recording is the name of the recording of a signal of an area.
func Recording(area, signal string) string { return "recordings/" + area + "." + signal + ".npz" }

// Path returns the path of a file in the folder.
func (f Folder) Path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// Has reports whether the file is there.
func (f Folder) Has(name string) bool {
	_, err := os.Stat(f.Path(name))
	return err == nil
}

// IsRun reports whether the folder is that of a run.
func (f Folder) IsRun() bool { return f.Has(InfoFile) && f.Has(ExperimentFile) }

// Vacant refuses a folder that holds anything, so that no run is overwritten. Files
// that a killed process left before its run began do not count.
func (f Folder) Vacant() error {
	entries, err := os.ReadDir(string(f))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s: %w; choose another folder by --out", f, err)
	case f.IsRun():
		return fmt.Errorf("%s: holds a run already; go on with it by --resume, or choose another folder", f)
	case len(entries) > 0 && !unbegun(f, entries):
		return fmt.Errorf("%s: is not empty; choose another folder", f)
	}
	return writable(f)
}

// temporary begins the names of files that are being written.
const temporary = ".tmp-"

// IsTemporary reports whether a file is called like one that is being written.
func IsTemporary(name string) bool { return strings.HasPrefix(name, temporary) }

// Free returns base, or base-2, base-3, …, the first that does not exist. Where
// that cannot be told, the error says why.
func Free(base string) (string, error) {
	for i := 1; ; i++ {
		name := base
		if i > 1 {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		switch _, err := os.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
			return name, nil
		case err != nil:
			return "", fmt.Errorf("%w; choose a folder by --out", err)
		}
	}
}

// Moment is told of the moments in which a file is written or removed; tests end
// the process there.
var Moment = func() {}

// Rename is os.Rename; tests have it fail.
var Rename = os.Rename

// Write writes a file whole or not at all: a temporary file beside it is
// flushed to disk and renamed.
func (f Folder) Write(name string, write func(io.Writer) error) (err error) {
	path := f.Path(name)
	dir := filepath.Dir(path)
	defer func() {
		if moved := (*Moved)(nil); err != nil && !errors.As(err, &moved) {
			err = fmt.Errorf("%s: %w", path, cause(err))
		}
	}()
	if err := StillThere(f); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	Moment()
	t, err := os.CreateTemp(dir, temporary+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			t.Close()
			os.Remove(t.Name())
		}
	}()
	sum := sha256.New()
	if err := write(io.MultiWriter(t, sum)); err != nil {
		return err
	}
	Moment()
	if err := t.Chmod(0o644); err != nil {
		return err
	}
	if err := t.Sync(); err != nil {
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	Moment()
	if err := StillThere(f); err != nil { // writing may have taken long
		return err
	}
	if err := Patiently(func() error { return Rename(t.Name(), path) }, filelock.Opened); err != nil {
		return err
	}
	wrote(f, name, hex.EncodeToString(sum.Sum(nil)))
	Moment()
	if d, err := os.Open(dir); err == nil {
		d.Sync() // so that the name survives; not every file system can
		d.Close()
	}
	return nil
}

// cause leaves the name of a temporary file out of an error of the system.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p) && strings.Contains(p.Path, temporary):
		return p.Err
	case errors.As(err, &l) && strings.Contains(l.Old, temporary):
		return l.Err
	}
	return err
}

// WriteText writes a text file.
func (f Folder) WriteText(name, text string) error {
	return f.Write(name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

// WriteJSON writes v as indented JSON, sealed if it has a Seal.
func (f Folder) WriteJSON(name string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("%s: %w", f.Path(name), err)
	}
	seal(filepath.Base(name), b.Bytes())
	return f.Write(name, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err })
}

// ReadJSON reads a file that WriteJSON wrote, and has v check what it holds, if it
// does. An error is a *Damaged.
func (f Folder) ReadJSON(name string, v any) error {
	b, err := os.ReadFile(f.Path(name))
	if err != nil {
		return &Damaged{f.Path(name), err}
	}
	if err := json.Unmarshal(b, v); err != nil {
		return &Damaged{f.Path(name), PlainJSON(err)}
	}
	if _, ok := sealOf(b); !ok && hasSeal(v) { // it was edited, or is another file
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(v); err != nil {
			return &Damaged{f.Path(name), err}
		}
	}
	if err := checkSeal(filepath.Base(name), b); err != nil {
		return &Damaged{f.Path(name), err}
	}
	if c, ok := v.(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return &Damaged{f.Path(name), err}
		}
	}
	return nil
}

// PlainJSON names the key of a value that does not fit.
func PlainJSON(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Errorf("key %q: found %s, want another kind of value", t.Field, t.Value)
	}
	return err
}

// ReadText reads a text file. An error is a *Damaged.
func (f Folder) ReadText(name string) (string, error) {
	b, err := os.ReadFile(f.Path(name))
	if err != nil {
		return "", &Damaged{f.Path(name), err}
	}
	return string(b), nil
}

// Open opens a file for reading at any place.
func (f Folder) Open(name string) (*os.File, int64, error) {
	file, err := os.Open(f.Path(name))
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// Control is the folder of a control.
func (f Folder) Control(name string) Folder { return Folder(f.Path("controls/" + name)) }

// Condition is the folder of a condition that the trained cortex was shown.
func (f Folder) Condition(name string) Folder { return Folder(f.Path("conditions/" + name)) }

// IsResult reports whether a file of a run is one whose SHA-256 run.json keeps.
func IsResult(name string) bool {
	return slices.Contains(ResultFiles, name) || name == Answers("validation") || (path.Dir(name) == "recordings" || path.Dir(name) == "bases") && path.Ext(name) == ".npz" ||
		path.Dir(name) == "probes" && path.Ext(name) == ".json"
}
