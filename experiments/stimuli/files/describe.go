package files

import (
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// describe fills in what is known before pixels are read. Key is that of the settings
// which name the files.
func (d *data) describe(env stimuli.Env, key string) error {
	if d.keys.OnError == "skip" {
		if err := d.leaveOut(env); err != nil {
			return err
		}
		if len(d.entries) == 0 {
			return fmt.Errorf("%s: %s: no file can be read; the first, %s, %s", key, d.root, plainName(d.skipped[0].File), d.skipped[0].Reason)
		}
	}
	d.about.Shape, d.about.Frames = [3]int{d.keys.Size, d.keys.Size, d.keys.channels()}, 1
	if d.keys.Size == 0 {
		height, width, err := picture.Size(d.file(0))
		if err != nil {
			return fmt.Errorf("%s: %s: %s", key, plainName(d.entries[0].name), withoutPath(err, d.file(0)))
		}
		d.about.Shape[0], d.about.Shape[1] = height, width
	}
	var err error
	if d.parts, err = d.cut(&d.keys, env.Seed); err != nil {
		return err
	}
	for s, list := range d.parts {
		d.about.Images[s] = len(list)
	}
	return nil
}

// leaveOut leaves out the files that cannot be decoded, and, where all are to be of one
// size, none: these are told when they are read.
func (d *data) leaveOut(env stimuli.Env) error {
	names := make([]string, len(d.entries))
	for i, e := range d.entries {
		names[i] = e.name
	}
	faults, err := faultsOf(env, d.root, names)
	if err != nil {
		return err
	}
	k := -1
	d.entries = slices.DeleteFunc(d.entries, func(e entry) bool {
		k++
		if faults[k] != "" {
			d.skip(e.name, faults[k])
		}
		return faults[k] != ""
	})
	return nil
}

// tell says which files are left out.
func (d *data) tell(env stimuli.Env) {
	if len(d.skipped) == 0 {
		return
	}
	var first []string
	for _, s := range d.skipped[:min(3, len(d.skipped))] {
		first = append(first, plainName(s.File)+" "+s.Reason)
	}
	more := ""
	if len(d.skipped) > 3 {
		more = ", …"
	}
	env.Tell(fmt.Sprintf("%d files of %s are left out: %s%s; cortex data describe lists them", len(d.skipped), d.root, strings.Join(first, "; "), more))
}
