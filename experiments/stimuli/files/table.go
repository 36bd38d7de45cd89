package files

import (
	"fmt"
	"path/filepath"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/shelf"
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
var _ stimuli.Peeking = (*Table)(nil)

// tableSet registers Table.
var tableSet = stimuli.Set{
	Name: "table", About: "pictures that a TSV or CSV names, with labels and factors", Source: "your own",
	New: func() stimuli.Kind { return NewTable() }, Small: smallTable,
}

// described reads the table and divides its images.
func (x *Table) described(env stimuli.Env) (*data, error) {
	l, t, err := x.read(env)
	if err != nil {
		return nil, err
	}
	label := x.labelOf(t)
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
			return nil, fmt.Errorf("label: column %q has the one value %q, want two or more classes", label, names[0])
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
	d := &data{listing: l, keys: x.settings, cache: env.Cache, columns: []string{"id"}}
	if err := d.describe(env, "path"); err != nil {
		return nil, err
	}
	for _, column := range x.Masks {
		k, ok := t.at[column]
		if !ok {
			return nil, fmt.Errorf("masks: found %q, the table has the columns %s", column, strings.Join(t.columns, ", "))
		}
		var masks []string
		for _, e := range l.entries {
			masks = append(masks, maskFile(row[e.name][k]))
		}
		if err := checkMasks(env, d, column, masks); err != nil {
			return nil, err
		}
		d.beside = append(d.beside, masks...)
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
	return nil
}

// Peek implements [stimuli.Peeking].
func (x *Table) Peek(env stimuli.Env) (stimuli.Data, error) {
	d, err := x.described(env)
	if err != nil {
		return nil, err
	}
	d.shelf = shelf.Unread(d.files(""))
	return d, nil
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
