package files

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/diskfile"
	"ventral/experiments/stimuli"
)

// mostNames is the size of the largest file of names that is read.
const mostNames = 64 << 20

// labelFile is the file that names classes; a relative path starts from the folder.
func (f *Folder) labelFile(root string) string {
	if filepath.IsAbs(f.Labels) {
		return f.Labels
	}
	return filepath.Join(root, f.Labels)
}

// named reads the names of folders: those of the classes in their order, and of every
// folder.
func (f *Folder) named(root string, folders []string) (names []string, of map[string]string, err error) {
	text, err := diskfile.Read(f.labelFile(root), "a file of names", mostNames)
	if err != nil {
		return nil, nil, fmt.Errorf("labels: %s: %s", f.labelFile(root), reasonOf(err))
	}
	of = map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		folder, name, ok := strings.Cut(strings.TrimSpace(strings.ReplaceAll(line, "\t", " ")), " ")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, nil, fmt.Errorf("labels: %s, line %d: found %q, want a folder and a name", f.labelFile(root), i+1, line)
		}
		of[folder] = name
	}
	for _, folder := range folders {
		name, ok := of[folder]
		if !ok {
			return nil, nil, fmt.Errorf("labels: %s: names no class for the folder %q", f.labelFile(root), folder)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, of, nil
}

// hashNames adds the hash of the file that names classes.
func (f *Folder) hashNames(d *data) (err error) {
	if f.Labels == "" {
		return nil
	}
	if d.hashes["labels"], err = stimuli.HashOf(f.labelFile(d.root)); err != nil {
		return fmt.Errorf("labels: %s", reasonOf(err))
	}
	return nil
}
