package files

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/stimuli"
)

// describe fills in what is known before pixels are read. Key is that of the settings
// which name the files.
func (d *data) describe(env stimuli.Env, key string) error {
	if err := d.choose(env, key); err != nil {
		return err
	}
	d.about.Shape, d.about.Frames = [3]int{d.keys.Size, d.keys.Size, d.keys.channels()}, 1
	if d.keys.Size == 0 {
		height, width, err := oneSize(env, d, key)
		if err != nil {
			return err
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

// choose keeps the entries that are used: those that can be decoded, where others are
// to be left out, and of these the first of each class, as many as limit says.
func (d *data) choose(env stimuli.Env, key string) error {
	for sound := map[string]bool{}; ; {
		some := firstOf(d.entries, d.keys.Limit)
		var names []string
		for _, e := range some {
			if !sound[e.name] {
				names = append(names, e.name)
			}
		}
		if d.keys.OnError != "skip" || len(names) == 0 {
			d.entries = some
			break
		}
		list, err := faultsOf(env, d.root, names)
		if err != nil {
			return err
		}
		bad := map[string]bool{}
		for i, fault := range list {
			if sound[names[i]] = fault == ""; fault != "" {
				d.skip(names[i], fault)
				bad[names[i]] = true
			}
		}
		d.entries = slices.DeleteFunc(d.entries, func(e entry) bool { return bad[e.name] })
	}
	if len(d.entries) == 0 {
		return fmt.Errorf("%s: %s: no file can be read; the first, %s, %s", key, d.root, plainName(d.skipped[0].File), d.skipped[0].Reason)
	}
	return nil
}

// oneSize returns height and width of the pictures, from the heads of their files. That
// they are of several sizes is an error.
func oneSize(env stimuli.Env, d *data, key string) (height, width int, err error) {
	names := d.files("").Names
	sizes, err := sizesOf(env, d.root, names)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", key, d.mayLeave(err))
	}
	first := sizes[0]
	for i, size := range sizes {
		if size == first {
			continue
		}
		others := 0
		for _, s := range sizes[i:] {
			if s != first {
				others++
			}
		}
		return 0, 0, fmt.Errorf("size: found 0, and %s of %s pixels, %s of %s, and %d more that differ from the first; size = N scales and cuts all to N×N", plainName(names[0]), first, plainName(names[i]), size, others-1)
	}
	_, err = fmt.Sscanf(first, "%d×%d", &height, &width)
	return height, width, err
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
	what := "1 file of %s is left out: %s%s; cortex data describe lists it"
	if n := len(d.skipped); n > 1 {
		what = strconv.Itoa(n) + " files of %s are left out: %s%s; cortex data describe lists them"
	}
	env.Tell(fmt.Sprintf(what, d.root, strings.Join(first, "; "), more))
}
