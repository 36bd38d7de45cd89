package rundir

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ventral/experiments/decode"
)

// Row is a run as it is found below a folder.
type Row struct {
	Folder     string `json:"folder"`
	Name       string `json:"name"`
	Variant    string `json:"variant"`
	Seed       int    `json:"seed"`
	State      string `json:"state"`
	Unsure     bool   `json:"unsure,omitempty"` // as in Status
	Error      string `json:"error,omitempty"`
	Diverged   bool   `json:"diverged,omitempty"` // as in Info
	Epochs     int    `json:"epochs"`
	EpochsDone int    `json:"epochs_done"`
	Validated
	Test       Number    `json:"test_accuracy"` // per cent at the last test step; not a number before the test, and without test images
	Parameters int       `json:"parameters"`
	Seconds    float64   `json:"training_seconds"`
	Started    time.Time `json:"started"`
	Updated    time.Time `json:"updated"`

	Settings map[string]string `json:"settings,omitempty"` // keys in which the listed runs differ

	keys *decode.Keys // of the resolved experiment, once they were asked for
}

// List finds the runs below folders, controls too, in the order of their names.
// It reads run.json, metrics.jsonl and test.json only, and follows no symbolic
// links. Runs that cannot be read are left out; faults says why.
func List(roots []string) (runs []Row, faults []error) {
	seen := map[string]bool{}
	for _, root := range roots {
		list(filepath.Clean(root), func(dir string) {
			if abs, err := filepath.Abs(dir); err == nil {
				if seen[abs] {
					return
				}
				seen[abs] = true
			}
			x, err := listed(Folder(dir))
			if err != nil {
				faults = append(faults, err)
				return
			}
			runs = append(runs, x)
		}, func(err error) { faults = append(faults, err) })
	}
	return runs, faults
}

// list calls run for every folder of a run in dir and below.
func list(dir string, run func(string), fault func(error)) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		fault(err)
		return
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == InfoFile }) {
		run(dir)
		if controls := filepath.Join(dir, "controls"); Folder(dir).Has("controls") {
			list(controls, run, fault)
		}
		return
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			list(filepath.Join(dir, e.Name()), run, fault)
		}
	}
}

func listed(f Folder) (Row, error) {
	s, err := ReadState(f)
	if err != nil {
		return Row{}, err
	}
	i := s.Info
	x := Row{
		Folder: string(f), Name: i.Name, Variant: i.Variant, Seed: i.Seed, State: s.State, Unsure: s.Unsure, Error: i.Error, Diverged: i.Diverged, Epochs: i.Epochs, EpochsDone: i.EpochsDone,
		Test: Number(math.NaN()), Parameters: i.Parameters, Seconds: i.Seconds, Started: i.Started, Updated: i.Updated,
	}
	if err := Sound(f, i, MetricsFile, TestFile); err != nil {
		return Row{}, err
	}
	if x.Validated, err = ReadValidated(f, i); err != nil {
		return Row{}, err
	}
	var t TestResult
	switch err := f.ReadJSON(TestFile, &t); {
	case err == nil && t.Split != "validation":
		x.Test = t.Last().Accuracy
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist):
		return Row{}, err
	}
	return x, nil
}

// Columns are the names by which runs are filtered and sorted, besides the keys
// of their experiments. Accuracy is another word for validation.
var Columns = []string{"folder", "name", "variant", "seed", "state", "epochs", "validation", "accuracy", "best", "test", "parameters", "seconds", "started", "updated"}

// Value is a column or a key of the resolved experiment as text, such as that of
// "validation" or "train.rate"; ok is false where there is none.
func (x *Row) Value(key string) (text string, ok bool) {
	switch key {
	case "folder":
		return x.Folder, true
	case "name":
		return x.Name, true
	case "variant":
		return x.Variant, true
	case "seed":
		return strconv.Itoa(x.Seed), true
	case "state":
		return x.State, true
	case "epochs":
		return strconv.Itoa(x.EpochsDone), true
	case "validation", "accuracy":
		return numbered(x.Validated.Accuracy)
	case "best":
		return numbered(x.BestAccuracy)
	case "test":
		return numbered(x.Test)
	case "parameters":
		return strconv.Itoa(x.Parameters), true
	case "seconds":
		return strconv.FormatFloat(x.Seconds, 'g', -1, 64), true
	case "started":
		return x.Started.UTC().Format(time.RFC3339), true
	case "updated":
		return x.Updated.UTC().Format(time.RFC3339), true
	}
	return x.Setting(key)
}

// numbered is a number as text; ok is false where it is not one.
func numbered(n Number) (text string, ok bool) {
	return strconv.FormatFloat(float64(n), 'g', -1, 64), !math.IsNaN(float64(n))
}

// Filter is a condition on runs: key=value, or with !=, <, <=, > or >= between
// them. Values that are numbers are compared as such, except in columns of text:
// folder, name, variant, state, started and updated.
type Filter struct {
	Key, Sign, Value string
}

// ParseFilter reads a condition; a key may have parts in quotes.
func ParseFilter(text string) (Filter, error) {
	quoted := false
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			quoted = !quoted
		}
		if quoted || !strings.ContainsRune("=!<>", rune(text[i])) {
			continue
		}
		for _, sign := range []string{"!=", "<=", ">=", "=", "<", ">"} {
			if strings.HasPrefix(text[i:], sign) {
				if strings.TrimSpace(text[:i]) == "" {
					break
				}
				f := Filter{strings.TrimSpace(text[:i]), sign, strings.TrimSpace(text[i+len(sign):])}
				return f, f.check()
			}
		}
	}
	return Filter{}, fmt.Errorf("found %q, want key=value, such as state=finished, or !=, <, <=, >, >= in the place of =", text)
}

// states are those that a listed run can have.
var states = []string{Running, Interrupted, Stopped, Failed, Finished}

// check reports a value that its column never has.
func (f Filter) check() error {
	switch f.Key {
	case "state":
		if !slices.Contains(states, f.Value) {
			return fmt.Errorf("state: found %q%s", f.Value, decode.Meant(f.Value, states))
		}
	case "seed", "epochs", "validation", "accuracy", "best", "test", "parameters", "seconds":
		if _, ok := parseNumber(f.Value); !ok {
			return fmt.Errorf("%s: found %q, want a number", f.Key, f.Value)
		}
	}
	return nil
}

// Holds reports whether a run meets the condition; one without the key does not.
func (f Filter) Holds(x *Row) bool {
	v, ok := x.Value(f.Key)
	if !ok {
		return false
	}
	c := compare(f.Key, v, f.Value)
	return map[string]bool{"=": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[f.Sign]
}

// Sort orders runs by a column or key, "-" before it from the greatest to the
// least; runs without a value come last.
func Sort(runs []Row, key string) {
	key, down := strings.CutPrefix(key, "-")
	slices.SortStableFunc(runs, func(a, b Row) int {
		x, okX := a.Value(key)
		y, okY := b.Value(key)
		if !okX || !okY {
			return cmp.Compare(boolInt(okY), boolInt(okX))
		}
		if down {
			return compare(key, y, x)
		}
		return compare(key, x, y)
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// textColumns are those whose values are text, whatever they look like.
var textColumns = []string{"folder", "name", "variant", "state", "started", "updated"}

// compare compares two values of a column or key as numbers where both are,
// otherwise, and those of textColumns, as text.
func compare(key, a, b string) int {
	x, okX := parseNumber(a)
	y, okY := parseNumber(b)
	if okX && okY && !slices.Contains(textColumns, key) {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// parseNumber reads a number as TOML has it, with underscores.
func parseNumber(text string) (x float64, ok bool) {
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return x, err == nil
}

// KnownKey reports an error of a key that is no column and that none of the
// runs has. near is asked for the known word that was meant, as in spec.Near.
func KnownKey(runs []Row, key string, near func(found string, known []string) string) error {
	known := slices.Clone(Columns)
	if slices.Contains(known, key) || len(runs) == 0 {
		return nil
	}
	for i := range runs {
		if _, ok := runs[i].Setting(key); ok {
			return nil
		}
	}
	known = append(known, runs[0].keys.Order...)
	slices.Sort(known)
	hint := near(key, known)
	if hint == "" {
		hint = "; columns: " + strings.Join(Columns, ", ")
	}
	return fmt.Errorf("found %q, which is no column and no key of these runs%s", key, hint)
}
