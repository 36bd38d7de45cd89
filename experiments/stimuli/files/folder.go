package files

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
	"ventral/experiments/stimuli/shelf"
)

// Folder is pictures in a folder for each class: JPEG, PNG, GIF (its first frame), WebP,
// BMP and TIFF, in colour or grey.
//
//	my-images/cat/one.png       one tree, whose test and validation images are
//	my-images/dog/two.jpg       cut off by the seed
//
//	data/train/n01440764/a.JPEG the layout of ImageNet: val is the test split, and
//	data/val/n01440764/b.JPEG   validation is cut from train; with val and a test of
//	data/test/…                 the same classes, val is validation; a test without
//	                            folders of classes has no labels, and is left out
//
// A folder whose pictures lie in no folder of a class has no labels: it can be recorded,
// and nothing can be learnt from it. The id of an image is its path below the folder.
type Folder struct {
	Path string `toml:"path" doc:"folder with a folder of pictures for each class, or with train and val or test that have these"`
	settings
	Classes []string `toml:"classes" doc:"names of the folders that are used, in the order of the classes; all by name by default"`
	Labels  string   `toml:"labels" doc:"file that names classes: a line \"folder name\" for each, with a tab or spaces between; folders of one name are one class. A relative path begins at the folder of pictures"`
}

// NewFolder returns the settings with their defaults.
func NewFolder() *Folder { return &Folder{settings: usual()} }

var _ stimuli.Placed = (*Folder)(nil)
var _ stimuli.Packing = (*Folder)(nil)
var _ stimuli.Peeking = (*Folder)(nil)

// folderSet registers Folder.
var folderSet = stimuli.Set{
	Name: "folder", About: "pictures in a folder for each class, or in ImageNet's layout", Source: "your own",
	New: func() stimuli.Kind { return NewFolder() }, Small: smallFolder,
}

// list finds the files.
func (f *Folder) list(env stimuli.Env) (*listing, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if f.Path == "" {
		return nil, fmt.Errorf("path: found \"\", want a folder with a folder of pictures for each class")
	}
	l := &listing{root: env.Resolve(f.Path)}
	info, err := os.Stat(l.root)
	if err != nil {
		return nil, fmt.Errorf("path: %s: %s", l.root, reasonOf(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("path: %s: is no folder; want the folder that holds a folder of pictures for each class", l.root)
	}
	top, err := l.folders("")
	if err != nil {
		return nil, err
	}
	splits, err := layout(l, top)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(splits)) {
		if err := f.listSplit(l, name, splits[name]); err != nil {
			return nil, err
		}
	}
	return l, f.finish(l)
}

// listSplit lists the files of a split, below a folder; split -1 is yet to be cut.
func (f *Folder) listSplit(l *listing, folder string, split stimuli.Split) error {
	classes, err := l.folders(folder)
	if err != nil {
		return err
	}
	add := func(names []string, class string) {
		for _, name := range names {
			k := -1
			if class != "" {
				if k = slices.Index(l.classes, class); k < 0 {
					k, l.classes = len(l.classes), append(l.classes, class)
				}
			}
			l.entries = append(l.entries, entry{name: name, class: k, split: max(split, 0), given: split >= 0})
		}
	}
	if len(classes) == 0 {
		names, err := l.pictures(&f.settings, folder)
		add(names, "")
		return err
	}
	if err := l.beside(folder); err != nil {
		return err
	}
	for i, class := range classes {
		if slices.ContainsFunc(classes[:i], func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), strings.TrimSpace(class)) }) {
			return fmt.Errorf("path: %s: the folders of two classes differ in case alone, or in blanks: %q; a system that does not tell them apart would mix them, rename one", filepath.Join(l.root, folder), class)
		}
		if !slices.Contains(l.kinds, class) {
			l.kinds = append(l.kinds, class)
		}
		if len(f.Classes) > 0 && !slices.Contains(f.Classes, class) {
			continue
		}
		names, err := l.pictures(&f.settings, path.Join(folder, class))
		if err != nil {
			return err
		}
		if len(names) == 0 && split > stimuli.Train {
			l.skip(path.Join(folder, class)+"/", "holds no pictures")
		} else if len(names) == 0 {
			if err := l.refused(&f.settings, "path", path.Join(folder, class)+"/", "the folder of the class holds no pictures"); err != nil {
				return err
			}
		}
		add(names, class)
	}
	return nil
}

// finish puts classes in their order, names them, and checks what there is.
func (f *Folder) finish(l *listing) error {
	if err := stimuli.ChosenClasses(f.Classes, slices.Sorted(slices.Values(l.kinds))); err != nil {
		return fmt.Errorf("%w; they are folders in %s", err, l.root)
	}
	if len(l.entries) == 0 {
		what := "no pictures (" + strings.Join(picture.Suffixes(), " ") + ")"
		if len(l.skipped) > 0 {
			what += fmt.Sprintf("; %s %s", plainName(l.skipped[0].File), l.skipped[0].Reason)
		}
		return fmt.Errorf("path: %s: found %s", l.root, what)
	}
	order := slices.Clone(l.classes)
	slices.Sort(order)
	if len(f.Classes) > 0 {
		for _, c := range f.Classes {
			if !slices.Contains(l.classes, c) {
				return fmt.Errorf("classes: found %q, whose folder in %s holds no pictures", c, l.root)
			}
		}
		order = f.Classes
	}
	names, called := order, map[string]string{}
	if f.Labels != "" {
		var err error
		if names, called, err = f.named(l.root, order); err != nil {
			return err
		}
	}
	if len(names) > stimuli.MostClasses {
		return fmt.Errorf("path: %s: found %d classes, want at most %d", l.root, len(names), stimuli.MostClasses)
	}
	if len(names) == 1 {
		return fmt.Errorf("path: %s: found pictures in the one folder %q, want a folder for each of two or more classes, or pictures without folders, which have no labels", l.root, order[0])
	}
	place := map[string]int{}
	for i, folder := range order {
		place[folder] = i
		if f.Labels != "" {
			place[folder] = slices.Index(names, called[folder])
		}
	}
	for i := range l.entries {
		e := &l.entries[i]
		if e.class >= 0 {
			e.class = place[l.classes[e.class]]
		} else if len(l.classes) > 0 {
			return fmt.Errorf("path: %s: lies in no folder of a class, and others do", plainName(e.name))
		}
	}
	l.classes = names
	slices.SortFunc(l.entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return nil
}

// Describe implements [stimuli.Kind].
func (f *Folder) Describe(env stimuli.Env) (stimuli.Description, error) {
	d, err := f.described(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	return d.about, nil
}

// described lists the files, leaves out those that cannot be read where that is asked
// for, and divides them.
func (f *Folder) described(env stimuli.Env) (*data, error) {
	l, err := f.list(env)
	if err != nil {
		return nil, err
	}
	d := &data{listing: l, keys: f.settings, cache: env.Cache, columns: []string{"id", "class"}}
	if err := d.describe(env, "path"); err != nil {
		return nil, err
	}
	if len(l.classes) > 0 {
		d.about.Targets = []stimuli.Target{stimuli.Labels(l.classes, 1)}
	} else {
		d.columns = d.columns[:1]
	}
	d.answer = func(i int, _ string, values []float32) error {
		clear(values)
		values[d.entries[i].class] = 1
		return nil
	}
	d.factor = func(i int, column string) (string, error) {
		if column == "class" {
			return d.classes[d.entries[i].class], nil
		}
		return d.entries[i].name, nil
	}
	return d, nil
}

// Open implements [stimuli.Kind].
func (f *Folder) Open(env stimuli.Env) (stimuli.Data, error) {
	d, err := f.described(env)
	if err != nil {
		return nil, err
	}
	d.tell(env)
	if err := d.open(env, f.of(env), true, false); err != nil {
		return nil, err
	}
	return d, f.hashNames(d)
}

// of says what a pack holds.
func (f *Folder) of(env stimuli.Env) string { return "folder " + env.Resolve(f.Path) }

// Peek implements [stimuli.Peeking].
func (f *Folder) Peek(env stimuli.Env) (stimuli.Data, error) {
	d, err := f.described(env)
	if err != nil {
		return nil, err
	}
	d.shelf = shelf.Unread(d.files(""))
	return d, nil
}

// Packed implements [stimuli.Packing].
func (f *Folder) Packed(env stimuli.Env, again bool) (*pack.Pack, error) {
	d, err := f.described(env)
	if err != nil {
		return nil, err
	}
	if err := d.open(env, f.of(env), true, again); err != nil {
		return nil, err
	}
	return d.shelf.Pack(), nil
}

// Content implements [stimuli.Placed].
func (f *Folder) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	d, err := f.described(env)
	if err != nil {
		return nil, nil, err
	}
	if err := d.open(env, "", false, false); err != nil {
		return nil, nil, err
	}
	plain := *f
	plain.Path, plain.Labels, plain.Pack = "", "", 0
	if f.Pack > 0 {
		plain.Pack = f.Pack // crops see its detail
	}
	if err := f.hashNames(d); err != nil {
		return nil, nil, err
	}
	return &plain, d.Hashes(), nil
}
