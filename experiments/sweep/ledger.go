// Package sweep carries out many experiments: a ledger of resolved ones, each in
// a folder that is called by what it computes, worker processes that run what is
// missing, job arrays, and tables of what came out. Files are all it keeps; any
// of its parts may be killed and begun again.
package sweep

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Ledger is the list of what a sweep consists of. Its folder holds
//
//	ledger.json        the list
//	tasks/HASH/        a task: task.json, its line of the list; experiment.toml,
//	                   the resolved experiment; log.txt, what its process said;
//	                   failure.json, why it failed; conditions.json, which conditions
//	                   its run was tested in
//	runs/HASH/         its run
type Ledger struct {
	Seal    rundir.Seal `json:"self_sha256"`
	Format  int         `json:"format"`
	Name    string      `json:"name"`
	Version string      `json:"version"` // of the program that planned it
	Axes    []string    `json:"axes"`    // keys of labels, in the order of columns
	List    []*Task     `json:"tasks"`   // in the order in which they are begun

	dir   rundir.Folder
	items []*Task           // of Draft, by item
	texts map[string]string // experiments to write, by hash
}

// Task is one resolved experiment.
type Task struct {
	Hash    string              `json:"hash"` // SHA-256 of its content, in hexadecimal
	Name    string              `json:"name"`
	Seed    int                 `json:"seed"`
	Batches int                 `json:"batches"` // training batches of all epochs
	Labels  []map[string]string `json:"labels"`  // one set for each way that led to it
	Base    string              `json:"folder"`  // that relative paths of the experiment start from

	LeaveTest bool `json:"leaves_test_images,omitempty"` // its run is tested on validation images

	// Conditions is the SHA-256 of the conditions that the trained run is tested and
	// recorded in; "" where there are none. They are not part of its content.
	Conditions string `json:"conditions_sha256,omitempty"`

	dir rundir.Folder // of the sweep
}

// Item is an experiment that a sweep asks for.
type Item struct {
	Labels     map[string]string // what tells it from others: variant, seed, keys
	Experiment *spec.Experiment
	Folder     string // that its relative paths start from, "" for the working directory
	LeaveTest  bool   // as in run.Options, unless another item of the same content reads them
}

// Names of files.
const (
	ledgerFile     = "ledger.json"
	taskFile       = "task.json"
	experimentFile = "experiment.toml"
	logFile        = "log.txt"
	failureFile    = "failure.json"
	conditionsFile = "conditions.json"
)

// New writes the ledger of a sweep into a folder. Items of one content are one
// task. Runs that the folder holds already stay as they are: those that are
// asked for again are done, or go on; others are left alone.
func New(folder rundir.Folder, items []Item) (*Ledger, error) {
	l, err := Draft(folder, items)
	if err != nil {
		return nil, err
	}
	return l, l.Write()
}

// Draft makes the ledger of a sweep without writing anything.
func Draft(folder rundir.Folder, items []Item) (*Ledger, error) {
	l := &Ledger{
		Format: spec.Format, Name: filepath.Base(string(folder)), Version: run.Version(),
		Axes: axes(items), dir: folder, texts: map[string]string{},
	}
	at := map[string]*Task{}
	for _, x := range items {
		base, err := filepath.Abs(x.Folder)
		if err != nil {
			return nil, err
		}
		hash, err := x.Experiment.ContentHash(base, "")
		if err != nil {
			return nil, err
		}
		t := at[hash]
		if t == nil {
			t = &Task{Hash: hash, Name: x.Experiment.Name, Seed: x.Experiment.Seed, Batches: x.Experiment.Batches(), Base: base, LeaveTest: x.LeaveTest, dir: folder}
			at[hash], l.texts[hash] = t, pinned(x.Experiment)
			l.List = append(l.List, t)
		}
		if asked := asked(x.Experiment); asked != "" && t.Conditions == "" {
			t.Conditions, l.texts[hash] = asked, pinned(x.Experiment)
		}
		t.Labels, t.LeaveTest = append(t.Labels, x.Labels), t.LeaveTest && x.LeaveTest
		l.items = append(l.items, t)
	}
	if len(l.List) == 0 {
		return nil, fmt.Errorf("%s: a sweep of no experiments; want at least one", folder)
	}
	return l, nil
}

// pinned is the resolved experiment with the precision in force, so that every
// machine computes in that one.
func pinned(e *spec.Experiment) string {
	x := *e
	x.Precision = e.Arithmetic()
	return x.TOML()
}

// axes returns the keys of labels: experiment and variant first, seed last,
// others in alphabetical order.
func axes(items []Item) (keys []string) {
	for _, x := range items {
		for k := range x.Labels {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	rank := map[string]int{"experiment": -2, "variant": -1, "seed": 1}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := rank[keys[i]], rank[keys[j]]; a != b {
			return a < b
		}
		return keys[i] < keys[j]
	})
	return keys
}

// card is task.json: the task by itself, for a process that was given its hash
// and meets another list by the time that it begins.
type card struct {
	Seal   rundir.Seal `json:"self_sha256"`
	Format int         `json:"format"`
	*Task
}

// Write writes the tasks of a draft, then the list.
func (l *Ledger) Write() error { return l.dir.Alone(l.write) }

func (l *Ledger) write() error {
	for _, t := range l.List {
		t.own().Tidy()
		if err := t.own().WriteText(experimentFile, l.texts[t.Hash]); err != nil {
			return err
		}
		if err := t.own().WriteJSON(taskFile, card{Format: l.Format, Task: t}); err != nil {
			return err
		}
	}
	return l.dir.WriteJSON(ledgerFile, l)
}

// Changes counts the tasks that l has and old has not, and the other way.
func (l *Ledger) Changes(old *Ledger) (added, dropped int) {
	in := func(l *Ledger, t *Task) bool {
		return slices.ContainsFunc(l.List, func(x *Task) bool { return x.Hash == t.Hash })
	}
	for _, t := range l.List {
		if !in(old, t) {
			added++
		}
	}
	for _, t := range old.List {
		if !in(l, t) {
			dropped++
		}
	}
	return added, dropped
}

// Open reads the ledger of a folder.
func Open(folder rundir.Folder) (*Ledger, error) {
	if !folder.Has(ledgerFile) {
		return nil, fmt.Errorf("%s: is not the folder of a sweep, it has no %s; cortex sweep plan makes one", folder, ledgerFile)
	}
	l := &Ledger{dir: folder}
	if err := folder.ReadJSON(ledgerFile, l); err != nil {
		return nil, err
	}
	if err := rundir.CheckFormat(l.Format); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(string(folder), ledgerFile), err)
	}
	for _, t := range l.List {
		t.dir = folder
	}
	return l, nil
}

// Folder is the folder of the sweep.
func (l *Ledger) Folder() rundir.Folder { return l.dir }

// Item returns the task of the i-th item that New or Draft was given.
func (l *Ledger) Item(i int) *Task { return l.items[i] }

// Find returns the task whose hash begins with text.
func (l *Ledger) Find(text string) (*Task, error) {
	var found []*Task
	for _, t := range l.List {
		if text != "" && strings.HasPrefix(t.Hash, text) {
			found = append(found, t)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s: %d tasks have a hash that begins with %q, want one", l.dir, len(found), text)
	}
	return found[0], nil
}

// OpenTask reads the task of a whole hash that was ever planned in a folder,
// whether the ledger still lists it or not.
func OpenTask(folder rundir.Folder, hash string) (*Task, error) {
	t := &Task{Hash: hash, dir: folder}
	if !hashed.MatchString(hash) {
		return nil, fmt.Errorf("%s: found the task %q, want a hash of 64 hexadecimal digits", folder, hash)
	}
	if err := t.own().ReadJSON(taskFile, &card{Task: t}); err != nil {
		return nil, err
	}
	if t.Hash != hash {
		return nil, fmt.Errorf("%s: found the task %s, want %s", filepath.Join(string(t.own()), taskFile), t.Hash, hash)
	}
	return t, nil
}

// Check reports a list that no sweep writes.
func (l *Ledger) Check() error {
	seen := map[string]bool{}
	for i, t := range l.List {
		if t == nil {
			return fmt.Errorf("tasks: found nothing at place %d", i+1)
		}
		if err := t.Check(); err != nil {
			return fmt.Errorf("tasks: %w", err)
		}
		if seen[t.Short()] {
			return fmt.Errorf("tasks: found %s twice", t.Short())
		}
		seen[t.Short()] = true
	}
	return nil
}

// hashed is how a task's hash is written; folders are called by its beginning.
var hashed = regexp.MustCompile("^[0-9a-f]{64}$")

// Check reports a task that no sweep writes.
func (t *Task) Check() error {
	switch {
	case !hashed.MatchString(t.Hash):
		return fmt.Errorf("found the hash %q, want 64 hexadecimal digits", t.Hash)
	case len(t.Labels) == 0:
		return fmt.Errorf("%s has no labels", t.Short())
	case t.Batches < 0:
		return fmt.Errorf("%s: found %d batches, want 0 or more", t.Short(), t.Batches)
	}
	return nil
}

// Short is the beginning of the hash that files of the task are called by.
func (t *Task) Short() string { return t.Hash[:min(16, len(t.Hash))] }

// own is the folder of what is known of the task besides its run.
func (t *Task) own() rundir.Folder {
	return rundir.Folder(filepath.Join(string(t.dir), "tasks", t.Short()))
}

// Folder is the folder of the task's run. There may be none yet.
func (t *Task) Folder() rundir.Folder {
	return rundir.Folder(filepath.Join(string(t.dir), "runs", t.Short()))
}

// Label says what the first way to the task sets, in the order of axes.
func (t *Task) Label(axes []string) string {
	var parts []string
	for _, k := range axes {
		if v, ok := t.Labels[0][k]; ok && v != "" {
			if k == "experiment" || k == "variant" {
				parts = append(parts, v)
			} else {
				parts = append(parts, k+" "+v)
			}
		}
	}
	if len(parts) == 0 {
		return t.Name
	}
	return strings.Join(parts, ", ")
}

// Experiment reads the task's experiment and holds it to its hash.
func (t *Task) Experiment() (*spec.Experiment, error) {
	text, err := t.own().ReadText(experimentFile)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(string(t.own()), experimentFile)
	e, err := spec.Read(name, text, spec.Overrides{Folder: t.Base})
	if err != nil {
		return nil, err
	}
	hash, err := e.ContentHash(t.Base, "")
	if err != nil {
		return nil, err
	}
	if hash != t.Hash {
		return nil, fmt.Errorf("%s: the experiment, its data or the program changed since it was planned (its hash is %s, was %s); plan again", name, hash[:16], t.Short())
	}
	return e, nil
}
