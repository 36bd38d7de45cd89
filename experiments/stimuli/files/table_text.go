package files

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"ventral/experiments/diskfile"
	"ventral/experiments/stimuli"
)

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
	wrong := faultIn(file)
	f, size, err := diskfile.Open(file, "a table, such as images.tsv")
	if err != nil {
		return nil, nil, fmt.Errorf("path: %s: %s", file, reasonOf(err))
	}
	defer f.Close()
	if size > mostBytes {
		return nil, nil, fmt.Errorf("path: %s: found %d bytes, want at most %d", file, size, mostBytes)
	}
	r := csv.NewReader(f)
	if r.Comma = '\t'; strings.EqualFold(filepath.Ext(file), ".csv") {
		r.Comma = ','
	}
	r.LazyQuotes = r.Comma == '\t'
	t, err := header(r, file)
	if err != nil {
		return nil, nil, err
	}
	l := &listing{root: filepath.Dir(file)}
	seen, folders := map[string]int{}, map[string]string{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, t.wrongRow(file, row, err)
		}
		line, _ := r.FieldPos(0)
		if column := t.tidy(row, x.Masks); column != "" {
			return nil, nil, wrong(line, "column %q: found bytes that are no UTF-8: %q; want the table saved as UTF-8", column, row[t.at[column]])
		}
		name := filepath.ToSlash(row[t.at["file"]])
		if why := x.unfit(t, l.root, row, folders); why != "" {
			if x.OnError != "skip" {
				return nil, nil, wrong(line, "%s%s; on_error = \"skip\" leaves it out", strings.TrimPrefix(plainName(name)+": ", ": "), why)
			}
			l.skip(cmp.Or(name, fmt.Sprintf("line %d", line)), why)
			continue
		}
		e := entry{name: path.Clean(name), class: -1}
		if k, ok := t.at["split"]; ok {
			s, known := stimuli.SplitOf(row[k])
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

// header reads the names of the columns.
func header(r *csv.Reader, file string) (*told, error) {
	wrong := faultIn(file)
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("path: %s: found no header, want names of columns in the first line, \"file\" among them", file)
	}
	if err != nil {
		return nil, (&told{}).wrongRow(file, head, err)
	}
	t := &told{columns: head, at: map[string]int{}}
	for k, name := range head {
		if !utf8.ValidString(name) {
			return nil, wrong(1, "found the column %q, which is no text in UTF-8; want the table saved as UTF-8", name)
		}
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if _, twice := t.at[name]; twice || name == "" {
			return nil, wrong(1, "found column %q twice or without a name", name)
		}
		t.columns[k], t.at[name] = name, k
	}
	if _, ok := t.at["file"]; !ok {
		hint := ""
		if len(head) == 1 {
			hint = "; columns are divided by tabs, or by commas where the name of the table ends in .csv"
		}
		return nil, wrong(1, "found the columns %s, want one called \"file\"%s", strings.Join(head, ", "), hint)
	}
	return t, nil
}

// faultIn makes errors of a line of a file.
func faultIn(file string) func(line int, format string, args ...any) error {
	return func(line int, format string, args ...any) error {
		return fmt.Errorf("path: %s, line %d: %s", file, line, fmt.Sprintf(format, args...))
	}
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

// chosen leaves the rows of the classes that are wanted.
func (x *Table) chosen(l *listing, t *told, names []string, of []int) ([]string, []int, error) {
	if err := stimuli.ChosenClasses(x.Classes, names); err != nil {
		return nil, nil, err
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
