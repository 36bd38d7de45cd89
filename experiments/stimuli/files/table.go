package files

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
)

// Table is pictures that a table names, with what is known of each: a TSV, or CSV where
// its name ends so, with a header. Column "file" is the path of a picture below the
// folder of the table; "split", where it is there, train, validation or test; "id",
// where it is there, names an image, else its path does. Every other column is a factor,
// which travels into recordings. One of them may be the label.
//
//	file           label   split   orientation
//	cats/one.png   cat     train   45
//	cats/two.png   cat     test    90
type Table struct {
	Path string `toml:"path" doc:"table with a header and a column \"file\", tabs between columns, or commas where its name ends in .csv"`
	settings
	Label   string   `toml:"label" doc:"column of the class of an image; by default \"label\", where there is one. Without labels images can be recorded, and nothing can be learnt from them"`
	Targets []string `toml:"targets" doc:"columns of other classes of an image that are told besides, as vectors, such as for input.NAME.vector"`
	Masks   []string `toml:"masks" doc:"columns of files of pictures that are told as maps of pixels, 0 to 1"`
	Classes []string `toml:"classes" doc:"values of the label that are used, in the order of the classes; all by name by default"`
}

// NewTable returns the settings with their defaults.
func NewTable() *Table { return &Table{settings: usual()} }

var _ stimuli.Placed = (*Table)(nil)
var _ stimuli.Packing = (*Table)(nil)

// tableSet registers Table.
var tableSet = stimuli.Set{
	Name: "table", About: "pictures that a TSV or CSV names, with labels and factors", Source: "your own",
	New: func() stimuli.Kind { return NewTable() }, Small: smallTable,
}

// mostBytes is the size of the largest table that is read.
const mostBytes = 1 << 30

// told is what a table says.
type told struct {
	columns []string
	rows    [][]string // by entry
	at      map[string]int
}

// read reads the table.
func (x *Table) read(env stimuli.Env) (*listing, *told, error) {
	if err := x.check(); err != nil {
		return nil, nil, err
	}
	if x.Path == "" {
		return nil, nil, errors.New("path: found \"\", want a table, such as images.tsv")
	}
	file := env.Resolve(x.Path)
	wrong := func(line int, format string, args ...any) error {
		return fmt.Errorf("path: %s, line %d: %s", file, line, fmt.Sprintf(format, args...))
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("path: %s: %s", file, reasonOf(err))
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("path: %s: is no file; want a table, such as images.tsv", file)
	case info.Size() > mostBytes:
		return nil, nil, fmt.Errorf("path: %s: found %d bytes, want at most %d", file, info.Size(), mostBytes)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, fmt.Errorf("path: %s: %s", file, reasonOf(err))
	}
	defer f.Close()
	r := csv.NewReader(f)
	if r.Comma = '\t'; strings.EqualFold(filepath.Ext(file), ".csv") {
		r.Comma = ','
	}
	r.LazyQuotes = r.Comma == '\t'
	head, err := r.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("path: %s: found no header, want names of columns in the first line, \"file\" among them", file)
	}
	t := &told{columns: head, at: map[string]int{}}
	for k, name := range head {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if _, twice := t.at[name]; twice || name == "" {
			return nil, nil, wrong(1, "found column %q twice or without a name", name)
		}
		t.columns[k], t.at[name] = name, k
	}
	if _, ok := t.at["file"]; !ok {
		hint := ""
		if len(head) == 1 {
			hint = "; columns are divided by tabs, or by commas where the name of the table ends in .csv"
		}
		return nil, nil, wrong(1, "found the columns %s, want one called \"file\"%s", strings.Join(head, ", "), hint)
	}
	l := &listing{root: filepath.Dir(file)}
	seen, folders := map[string]int{}, map[string]string{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("path: %s: %v", file, err)
		}
		line, _ := r.FieldPos(0)
		name := filepath.ToSlash(row[t.at["file"]])
		why := unfitRow(l.root, name, folders)
		for _, c := range x.Masks {
			if k, ok := t.at[c]; ok && why == "" {
				if why = unfitRow(l.root, row[k], folders); why != "" {
					why = fmt.Sprintf("%s %s: %s", c, plainName(row[k]), why)
				}
			}
		}
		if why != "" {
			if x.OnError != "skip" {
				return nil, nil, wrong(line, "%s: %s; on_error = \"skip\" leaves it out", plainName(name), why)
			}
			l.skip(name, why)
			continue
		}
		e := entry{name: path.Clean(name), class: -1}
		if k, ok := t.at["split"]; ok {
			s, known := splitFolders[strings.ToLower(strings.TrimSpace(row[k]))]
			if !known {
				return nil, nil, wrong(line, "split: found %q, want train, validation or test", row[k])
			}
			e.split, e.given = s, true
		}
		if before, twice := seen[e.name]; twice {
			return nil, nil, wrong(line, "%s stands in line %d already", plainName(name), before)
		}
		seen[e.name] = line
		l.entries, t.rows = append(l.entries, e), append(t.rows, row)
	}
	if len(l.entries) == 0 {
		return nil, nil, fmt.Errorf("path: %s: found no files below the header", file)
	}
	return l, t, nil
}

// unfitRow says what is wrong with a file of a row, "" where nothing is. What is found
// out of a folder is remembered in folders.
func unfitRow(root, name string, folders map[string]string) string {
	if name == "" {
		return "names no file"
	}
	if path.IsAbs(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "lies outside of the folder of the table"
	}
	name = path.Clean(filepath.ToSlash(name))
	folder := path.Dir(name)
	why, known := folders[folder]
	if !known {
		full := filepath.Join(root, filepath.FromSlash(folder))
		if _, err := os.Stat(full); err == nil {
			why = leadsOut(root, full)
		}
		folders[folder] = why
	}
	if why != "" {
		return why
	}
	return unfit(root, name)
}

// values returns the different values of a column, sorted, and that of every entry.
func (t *told) values(key, column string) (names []string, of []int, err error) {
	k, ok := t.at[column]
	if !ok {
		return nil, nil, fmt.Errorf("%s: found %q, the table has the columns %s", key, column, strings.Join(t.columns, ", "))
	}
	place := map[string]int{}
	for _, row := range t.rows {
		if _, known := place[row[k]]; !known {
			place[row[k]] = 0
			names = append(names, row[k])
		}
	}
	slices.Sort(names)
	for i, n := range names {
		place[n] = i
	}
	for _, row := range t.rows {
		of = append(of, place[row[k]])
	}
	if len(names) > stimuli.MostClasses {
		return nil, nil, fmt.Errorf("%s: column %q has %d values, want at most %d classes", key, column, len(names), stimuli.MostClasses)
	}
	return names, of, nil
}

// described reads the table and divides its images.
func (x *Table) described(env stimuli.Env) (*data, error) {
	l, t, err := x.read(env)
	if err != nil {
		return nil, err
	}
	label := x.Label
	if _, ok := t.at["label"]; label == "" && ok {
		label = "label"
	}
	var targets []stimuli.Target
	if label != "" {
		names, of, err := t.values("label", label)
		if err != nil {
			return nil, err
		}
		if len(x.Classes) > 0 {
			if names, of, err = x.chosen(l, t, names, of); err != nil {
				return nil, err
			}
		}
		if len(names) < 2 {
			return nil, fmt.Errorf("label: column %q has the one value %q, want two or more classes", label, names)
		}
		l.classes = names
		for i := range l.entries {
			l.entries[i].class = of[i]
		}
		targets = append(targets, stimuli.Labels(names, 1))
	}
	// Rows stay with their entries while these are left out and limited.
	row := map[string][]string{}
	for i, e := range l.entries {
		row[e.name] = t.rows[i]
	}
	further := map[string]map[string]int{}
	for _, column := range x.Targets {
		names, _, err := t.values("targets", column)
		if err != nil {
			return nil, err
		}
		if column == stimuli.Label || len(names) < 2 {
			return nil, fmt.Errorf("targets: found %q, want a column besides label with two or more values", column)
		}
		further[column] = map[string]int{}
		for i, n := range names {
			further[column][n] = i
		}
		targets = append(targets, stimuli.Target{Name: column, Shape: [3]int{1, 1, len(names)}, Classes: names, True: 1})
	}
	l.first(x.Limit)
	d := &data{listing: l, keys: x.settings, cache: env.Cache, columns: []string{"id"}}
	if err := d.describe(env, "path"); err != nil {
		return nil, err
	}
	for _, column := range x.Masks {
		if _, ok := t.at[column]; !ok {
			return nil, fmt.Errorf("masks: found %q, the table has the columns %s", column, strings.Join(t.columns, ", "))
		}
		targets = append(targets, stimuli.Target{Name: column, Shape: [3]int{d.about.Shape[0], d.about.Shape[1], 1}})
	}
	d.about.Targets = targets
	for _, c := range t.columns {
		if c != "id" {
			d.columns = append(d.columns, c)
		}
	}
	if err := distinct(t, l, row); err != nil {
		return nil, err
	}
	d.factor = func(i int, column string) (string, error) {
		name := d.entries[i].name
		if k, ok := t.at[column]; ok {
			return row[name][k], nil
		}
		return name, nil
	}
	d.answer = func(i int, name string, values []float32) error {
		clear(values)
		e := d.entries[i]
		switch of, column := further[name]; {
		case name == stimuli.Label:
			values[e.class] = 1
		case column:
			values[of[row[e.name][t.at[name]]]] = 1
		default:
			return d.mask(row[e.name][t.at[name]], values)
		}
		return nil
	}
	return d, nil
}

// chosen leaves the rows of the classes that are wanted.
func (x *Table) chosen(l *listing, t *told, names []string, of []int) ([]string, []int, error) {
	for _, c := range x.Classes {
		if !slices.Contains(names, c) {
			return nil, nil, fmt.Errorf("classes: found %q, which no row has as its label", c)
		}
	}
	var entries []entry
	var rows [][]string
	var kept []int
	for i, k := range of {
		if at := slices.Index(x.Classes, names[k]); at >= 0 {
			entries, rows, kept = append(entries, l.entries[i]), append(rows, t.rows[i]), append(kept, at)
		}
	}
	l.entries, t.rows = entries, rows
	return x.Classes, kept, nil
}

// distinct reports two images of one id.
func distinct(t *told, l *listing, row map[string][]string) error {
	k, ok := t.at["id"]
	if !ok {
		return nil
	}
	seen := map[string]string{}
	for _, e := range l.entries {
		id := row[e.name][k]
		if other, twice := seen[id]; twice {
			return fmt.Errorf("path: %s and %s have the one id %q, want an id for each image", plainName(other), plainName(e.name), id)
		}
		seen[id] = e.name
	}
	return nil
}

// mask reads a map of pixels, scaled and cut as the image.
func (d *data) mask(name string, values []float32) error {
	if why := unfitRow(d.root, name, map[string]string{}); why != "" {
		return fmt.Errorf("%s: %s", filepath.Join(d.root, filepath.FromSlash(name)), why)
	}
	file := filepath.Join(d.root, filepath.FromSlash(path.Clean(name)))
	p, err := picture.Read(file, picture.DefaultLimits)
	if err != nil {
		return err
	}
	p = p.Grey()
	if n := d.keys.short(); n > 0 {
		p = scaled(p, n).Centre(d.keys.Size, d.keys.Size)
	}
	if p.Height != d.about.Shape[0] || p.Width != d.about.Shape[1] {
		return fmt.Errorf("%s: found %d×%d pixels, the images have %d×%d", file, p.Height, p.Width, d.about.Shape[0], d.about.Shape[1])
	}
	write(values, p)
	return nil
}

// Describe implements [stimuli.Kind].
func (x *Table) Describe(env stimuli.Env) (stimuli.Description, error) {
	d, err := x.described(env)
	if err != nil {
		return stimuli.Description{}, err
	}
	return d.about, nil
}

// Open implements [stimuli.Kind].
func (x *Table) Open(env stimuli.Env) (stimuli.Data, error) {
	d, err := x.described(env)
	if err != nil {
		return nil, err
	}
	d.tell(env)
	if err := d.open(env, "table "+env.Resolve(x.Path), true, false); err != nil {
		return nil, err
	}
	return d, x.hashTable(env, d)
}

// hashTable adds the hash of the table itself.
func (x *Table) hashTable(env stimuli.Env, d *data) error {
	file := env.Resolve(x.Path)
	sum, err := stimuli.HashOf(file)
	if err != nil {
		return fmt.Errorf("path: %s: %s", file, reasonOf(err))
	}
	d.hashes[filepath.Base(file)] = sum
	for _, c := range x.Masks {
		for i := range d.entries {
			name, err := d.factor(i, c)
			if err != nil {
				return err
			}
			if d.hashes[name], err = stimuli.HashOf(filepath.Join(d.root, filepath.FromSlash(name))); err != nil {
				return fmt.Errorf("masks: %s names %s: %s", file, plainName(name), reasonOf(err))
			}
		}
	}
	return nil
}

// Packed implements [stimuli.Packing].
func (x *Table) Packed(env stimuli.Env, again bool) (*pack.Pack, error) {
	d, err := x.described(env)
	if err != nil {
		return nil, err
	}
	if err := d.open(env, "table "+env.Resolve(x.Path), true, again); err != nil {
		return nil, err
	}
	return d.shelf.Pack(), nil
}

// Content implements [stimuli.Placed].
func (x *Table) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	d, err := x.described(env)
	if err != nil {
		return nil, nil, err
	}
	if err := d.open(env, "", false, false); err != nil {
		return nil, nil, err
	}
	if err := x.hashTable(env, d); err != nil {
		return nil, nil, err
	}
	plain := *x
	if plain.Path = ""; x.Pack <= 0 {
		plain.Pack = 0
	}
	return &plain, d.Hashes(), nil
}
