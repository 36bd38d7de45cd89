package flags

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/decode"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Source is the text of an experiment: a file, the folder of a run, or the name
// of a built-in one.
func Source(name string) (file, text, folder string, err error) {
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		name = filepath.Join(name, "experiment.toml")
		if _, err := os.Stat(name); err != nil {
			return "", "", "", exit.Wrongf("%s: is a folder without experiment.toml; want an experiment file, a run's folder or a built-in experiment", filepath.Dir(name))
		}
	}
	if err == nil || strings.HasSuffix(name, ".toml") {
		text, err := decode.ReadFile(name)
		if err != nil {
			return "", "", "", exit.Wrongf("%v; cortex list experiments shows the built-in ones", err)
		}
		return name, text, filepath.Dir(name), nil
	}
	b, hint, ok := spec.FindBuiltin(name)
	if !ok {
		return "", "", "", exit.Wrongf("no file and no built-in experiment is called %q%s", name, hint)
	}
	return b.Name + ".toml", b.Text, ".", nil
}

// Load reads an experiment.
func (c *Choice) Load(name string) (e *spec.Experiment, folder string, err error) {
	file, text, folder, err := Source(name)
	if err != nil {
		return nil, "", err
	}
	o, err := c.OverridesOf(name, folder)
	if err != nil {
		return nil, "", err
	}
	if e, err = spec.Read(file, text, o); err != nil && rundir.Folder(name).IsRun() {
		err = run.OfRun(err)
	}
	return e, o.Folder, err
}

// Controls reads the controls of e, and reports the faults of all together. Those
// of a run's resolved experiment are those of the run, unless --set says which.
func (c *Choice) Controls(name string, e *spec.Experiment) ([]*spec.Experiment, error) {
	file, text, folder, err := Source(name)
	if err != nil {
		return nil, err
	}
	o, err := c.OverridesOf(name, folder)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(c.Set, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "control") }) {
		list, err := run.ReadControls(file, o)
		if err != nil || len(list) > 0 {
			for _, x := range list {
				e.Control = append(e.Control, x.Variant)
			}
			return list, err
		}
	}
	var list []*spec.Experiment
	var faults decode.Faults
	for _, variant := range e.Control {
		o.Variant = variant
		x, err := spec.Read(file, text, o)
		if err != nil {
			faults.Add(err)
			continue
		}
		list = append(list, x)
	}
	return list, faults.Err()
}
