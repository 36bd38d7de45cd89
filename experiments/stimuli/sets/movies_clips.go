package sets

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ventral/experiments/diskfile"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// clip is a folder of pictures.
type clip struct {
	id     string // its path below that of the settings
	folder string
	frames []string // the files of those that are used
	labels []string // of each of them
	table  bool     // whether labels are those of a labels.csv
}

// files are the files that a clip is made from.
func (c *clip) files() []string {
	if c.table {
		return append(slices.Clone(c.frames), filepath.Join(c.folder, frameLabels))
	}
	return c.frames
}

// frameLabels is the file with the labels of frames.
const frameLabels = "labels.csv"

// frameName is the name of a picture that is a frame: its number ends it.
var frameName = regexp.MustCompile(`^(.*?)([0-9]+)\.[^.]+$`)

// findClips lists the clips below a folder, in the order of their ids, and the splits
// that they are in.
func findClips(root string, frames, stride int) ([]clip, [stimuli.Splits][]place, error) {
	var order [stimuli.Splits][]place
	var clips []clip
	add := func(below string, s stimuli.Split) error {
		folders, err := foldersIn(filepath.Join(root, below))
		for _, class := range folders {
			list, err := classClips(root, filepath.Join(below, class), class, frames, stride)
			if err != nil {
				return err
			}
			for _, c := range list {
				order[s] = append(order[s], place{int32(len(clips)), 0})
				clips = append(clips, c)
			}
		}
		return err
	}
	folders, err := foldersIn(root)
	if err != nil {
		return nil, order, err
	}
	if slices.Contains(folders, "train") {
		for _, name := range folders {
			s, known := stimuli.SplitOf(name)
			if !known {
				return nil, order, fmt.Errorf("%s: found folders train and %s, want train, validation or val, and test alone", root, name)
			}
			if len(order[s]) > 0 {
				return nil, order, fmt.Errorf("%s: found two folders of the %v split", root, s)
			}
			if err := add(name, s); err != nil {
				return nil, order, err
			}
		}
	} else if err := add("", stimuli.Train); err != nil {
		return nil, order, err
	}
	if len(clips) == 0 {
		return nil, order, fmt.Errorf("%s: found no clips, want folders of classes, in which each clip is a folder of numbered pictures", root)
	}
	for _, c := range clips {
		if c.table != clips[0].table {
			a, b := clips[0].id, c.id
			if c.table {
				a, b = b, a
			}
			return nil, order, fmt.Errorf("%s: found a %s in %s and none in %s, want one in every clip, or in none", root, frameLabels, a, b)
		}
	}
	return clips, order, nil
}

// foldersIn lists the folders in a folder; those whose names begin with a point are left
// out. It reports symbolic links to folders, which are not followed, names with control
// characters, and two names that differ in case alone.
func foldersIn(folder string) (list []string, err error) {
	entries, err := os.ReadDir(folder)
	seen := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		path := filepath.Join(folder, name)
		if strings.HasPrefix(name, ".") {
			continue
		}
		if info, err := os.Stat(path); e.Type()&fs.ModeSymlink != 0 && err == nil && info.IsDir() {
			return nil, fmt.Errorf("%s: found a symbolic link to a folder, want the folder itself", path)
		}
		if !e.IsDir() {
			continue
		}
		if strings.ContainsFunc(name, unicode.IsControl) {
			return nil, fmt.Errorf("%s: found a folder %q, whose name has a control character", folder, name)
		}
		if other, ok := seen[strings.ToLower(name)]; ok {
			return nil, fmt.Errorf("%s: found folders %s and %s, which differ in case alone", folder, other, name)
		}
		seen[strings.ToLower(name)] = name
		list = append(list, name)
	}
	return list, err
}

// classClips lists the clips of a class.
func classClips(root, below, class string, frames, stride int) (list []clip, err error) {
	names, err := foldersIn(filepath.Join(root, below))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: found no folders in it, want one for each clip of the class %q", filepath.Join(root, below), class)
	}
	for _, name := range names {
		c := clip{id: filepath.ToSlash(filepath.Join(below, name)), folder: filepath.Join(root, below, name)}
		if err := c.find(frames, stride); err != nil {
			return nil, err
		}
		c.labels = slices.Repeat([]string{class}, frames)
		if err := c.read(); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// find lists the pictures of a clip in the order of their numbers, and keeps those that
// are used.
func (c *clip) find(frames, stride int) error {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return err
	}
	type numbered struct {
		number         int
		before, digits string
		name           string
	}
	var list []numbered
	for _, e := range entries {
		m := frameName.FindStringSubmatch(e.Name())
		if m == nil || !picture.HasSuffix(e.Name()) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if !e.Type().IsRegular() {
			return fmt.Errorf("%s: is no regular file; a link, a pipe or a device is not opened, want the picture itself", filepath.Join(c.folder, e.Name()))
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return fmt.Errorf("%s: found a number that is too large", filepath.Join(c.folder, e.Name()))
		}
		list = append(list, numbered{n, m[1], m[2], e.Name()})
	}
	slices.SortFunc(list, func(a, b numbered) int {
		return cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.name, b.name))
	})
	if len(list) == 0 {
		return fmt.Errorf("%s: found no pictures whose names end in a number, want some such as 0001.png", c.folder)
	}
	// beside is the name that a picture some numbers after p would have.
	beside := func(p numbered, step int) string {
		return fmt.Sprintf("%s%0*d%s", p.before, len(p.digits), p.number+step, filepath.Ext(p.name))
	}
	for i, p := range list[1:] {
		switch last := list[i]; {
		case p.number == last.number || p.before != last.before:
			return fmt.Errorf("%s: found %s and %s, want pictures of one name, with numbers of their own", c.folder, last.name, p.name)
		case p.number != last.number+1:
			return fmt.Errorf("%s: found %s, then %s, and no %s between", c.folder, last.name, p.name, beside(last, 1))
		}
	}
	if want := (frames-1)*stride + 1; len(list) < want {
		absent := beside(list[len(list)-1], 1)
		if list[0].number > 0 {
			absent += " nor " + beside(list[0], -1)
		}
		return fmt.Errorf("%s: found %d pictures and no %s, want %d for %d frames; fewer frames or a smaller stride would do", c.folder, len(list), absent, want, frames)
	}
	for k := range frames {
		c.frames = append(c.frames, filepath.Join(c.folder, list[k*stride].name))
	}
	return nil
}

// read reads the labels of the frames, if there is a table of them.
func (c *clip) read() error {
	path := filepath.Join(c.folder, frameLabels)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: is no regular file; a link, a pipe or a device is not opened, want the table itself", path)
	}
	if err != nil {
		return err
	}
	f, _, err := diskfile.Open(path, "a table of labels")
	if err != nil {
		return err
	}
	defer f.Close()
	c.table = true
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: found no header, want frame,label; below frame stand the names of files, such as 0001.png: %w", path, err)
	}
	frame, label := slices.Index(header, "frame"), slices.Index(header, "label")
	if frame < 0 || label < 0 {
		return fmt.Errorf("%s: found the columns %q, want frame and label; below frame stand the names of files, such as 0001.png", path, header)
	}
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	labels := map[string]string{}
	for _, row := range rows {
		name, class := strings.TrimSpace(row[frame]), strings.TrimSpace(row[label])
		if labels[name] != "" || class == "" {
			return fmt.Errorf("%s: found frame %q with no label, or twice", path, name)
		}
		labels[name] = class
	}
	for k, file := range c.frames {
		if c.labels[k] = labels[filepath.Base(file)]; c.labels[k] == "" {
			found := "no lines"
			if len(rows) > 0 {
				found = fmt.Sprintf("%q first", rows[0][frame])
			}
			return fmt.Errorf("%s: found no label of the file %s, want a line for every frame that is used; below frame stand the names of files, found is %s", path, filepath.Base(file), found)
		}
	}
	return nil
}
