package files

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// entry is a file of a data set.
type entry struct {
	name  string // slash path below the root
	class int    // -1 where it has none
	split stimuli.Split
	given bool // the files say which split it is of
}

// listing is the files of a data set, and what was left out.
type listing struct {
	root    string
	entries []entry
	classes []string
	kinds   []string // folders of classes, those that are not used among them
	skipped []stimuli.Skipped
}

// skip leaves a file out and lists it.
func (l *listing) skip(name, reason string) {
	l.skipped = append(l.skipped, stimuli.Skipped{File: name, Reason: reason})
}

// refused leaves a file out where on_error says so, and is an error elsewhere.
func (l *listing) refused(x *settings, key, name, reason string) error {
	if x.OnError == "skip" {
		l.skip(name, reason)
		return nil
	}
	return fmt.Errorf("%s: %s: %s; on_error = \"skip\" leaves it out", key, plainName(name), reason)
}

// plainName writes a name without signs that would break a line.
func plainName(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// unfit says what is wrong with a file before it is opened, "" where nothing is. A
// link is followed within the root alone.
func unfit(root, name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "its name holds a control character such as a new line"
	}
	full := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Lstat(full)
	if err != nil {
		return reasonOf(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if why := leadsOut(root, full); why != "" {
			return why
		}
		if info, err = os.Stat(full); err != nil {
			return reasonOf(err)
		}
	}
	if !info.Mode().IsRegular() {
		return "is no regular file"
	}
	return ""
}

// leadsOut says whether a path that begins at the root ends elsewhere, by links; ""
// where it does not.
func leadsOut(root, full string) string {
	to, err := filepath.EvalSymlinks(full)
	if err != nil {
		return "is a link that leads nowhere"
	}
	below, err := filepath.EvalSymlinks(root)
	if err != nil {
		return reasonOf(err)
	}
	if rel, err := filepath.Rel(below, to); err != nil || !filepath.IsLocal(rel) {
		return "is a link that leads out of " + root
	}
	return ""
}

// reasonOf says an error of the system without the path, which is said already.
func reasonOf(err error) string {
	if e, ok := err.(*fs.PathError); ok {
		err = e.Err
	}
	return err.Error()
}

// pictures lists the pictures of a folder and of those below it, sorted by name. Those
// that cannot be opened are skipped or an error, other files are listed as left out.
func (l *listing) pictures(x *settings, folder string) (names []string, err error) {
	top := filepath.Join(l.root, filepath.FromSlash(folder))
	err = filepath.WalkDir(top, func(full string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(l.root, full)
		if relErr != nil {
			return relErr
		}
		name := filepath.ToSlash(rel)
		switch {
		case err != nil && full == top:
			return fmt.Errorf("path: %s: %s", full, reasonOf(err))
		case err != nil:
			return l.refused(x, "path", name, reasonOf(err))
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && full != top:
			l.skip(name, "is a hidden folder")
			return filepath.SkipDir
		case d.IsDir():
			return nil
		case !picture.HasSuffix(name):
			l.skip(name, "its name has no suffix of a picture ("+strings.Join(picture.Suffixes(), " ")+")")
			return nil
		}
		if d.Type().IsRegular() && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			names = append(names, name)
			return nil
		}
		if why := unfit(l.root, name); why != "" {
			return l.refused(x, "path", name, why)
		}
		names = append(names, name)
		return nil
	})
	slices.Sort(names)
	return names, err
}

// folders lists the folders in a folder, sorted by name; hidden ones are left out. A
// link to a folder counts where it stays below the root.
func (l *listing) folders(folder string) (names []string, err error) {
	list, err := os.ReadDir(filepath.Join(l.root, filepath.FromSlash(folder)))
	if err != nil {
		return nil, fmt.Errorf("path: %s: %s", filepath.Join(l.root, filepath.FromSlash(folder)), reasonOf(err))
	}
	for _, d := range list {
		name := path.Join(folder, d.Name())
		if d.Type()&fs.ModeSymlink != 0 {
			if info, err := os.Stat(filepath.Join(l.root, filepath.FromSlash(name))); err == nil && info.IsDir() {
				l.skip(name, "is a link to a folder")
			}
			continue
		}
		if d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
			names = append(names, d.Name())
		}
	}
	return names, nil
}

// beside lists the pictures that lie beside the folders of classes, as left out.
func (l *listing) beside(folder string) error {
	list, err := os.ReadDir(filepath.Join(l.root, filepath.FromSlash(folder)))
	if err != nil {
		return fmt.Errorf("path: %s: %s", filepath.Join(l.root, filepath.FromSlash(folder)), reasonOf(err))
	}
	for _, d := range list {
		if !d.IsDir() && picture.HasSuffix(d.Name()) {
			l.skip(path.Join(folder, d.Name()), "lies in no folder of a class")
		}
	}
	return nil
}

// firstOf returns the first n entries of every class of every split; all where n is 0.
func firstOf(entries []entry, n int) (list []entry) {
	if n == 0 {
		return entries
	}
	type group struct {
		class int
		split stimuli.Split
	}
	seen := map[group]int{}
	for _, e := range entries {
		g := group{e.class, e.split}
		if seen[g]++; seen[g] <= n {
			list = append(list, e)
		}
	}
	return list
}
