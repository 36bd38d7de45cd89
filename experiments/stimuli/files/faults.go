package files

import (
	"fmt"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// faultsOf decodes files below a root and says what keeps each from being decoded, ""
// where nothing does. What is found out is remembered, as [stimuli.FindOut] says.
func faultsOf(env stimuli.Env, root string, names []string) ([]string, error) {
	found, err := stimuli.FindOut(env, "files/faults", root, names, func(path string) (string, error) {
		if _, err := picture.Read(path, picture.DefaultLimits); err != nil {
			return withoutPath(err, path), nil
		}
		return "", nil
	})
	if err != nil {
		return nil, fmt.Errorf("path: %s: %w", root, err)
	}
	return found, nil
}

// sizesOf are the heights and widths of files below a root, as "32×48", from their heads.
// What is found out is remembered.
func sizesOf(env stimuli.Env, root string, names []string) ([]string, error) {
	return stimuli.FindOut(env, "files/sizes", root, names, func(path string) (string, error) {
		height, width, err := picture.Size(path)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d×%d", height, width), nil
	})
}

// Misnamed implements [stimuli.Misnaming].
func (d *data) Misnamed(env stimuli.Env) (list []stimuli.Skipped, err error) {
	names := make([]string, len(d.entries))
	for i, e := range d.entries {
		names[i] = e.name
	}
	kinds, err := stimuli.FindOut(env, "files/kinds", d.root, names, picture.Misnamed)
	for i, kind := range kinds {
		if kind != "" {
			list = append(list, stimuli.Skipped{File: names[i], Reason: "is " + kind})
		}
	}
	return list, err
}

// withoutPath is the message of an error without the path that it begins with.
func withoutPath(err error, path string) string {
	return strings.TrimPrefix(err.Error(), path+": ")
}
