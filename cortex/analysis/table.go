package analysis

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"ventral/cortex/recording"
)

// Table is what the data set tells of the images that were shown, a row an image.
// Columns are factors, such as orientation or category, and further labels.
type Table struct {
	Columns []string
	rows    map[int][]string
	varies  map[int]int // of columns in which an image has several texts, such an image
}

// ReadTable reads images.csv of a run: image_id, label, and a column for each factor. An
// image has several lines where something else is told of it from repeat to repeat.
// Columns are called as the data set calls them, see [recording.ColumnName].
func ReadTable(r io.Reader) (*Table, error) {
	in := csv.NewReader(r)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("analysis: table of images: %w", err)
	}
	if len(head) < 2 || head[0] != "image_id" || head[1] != "label" {
		return nil, fmt.Errorf("analysis: table of images: found the columns %q, want image_id and label first", head)
	}
	columns := make([]string, len(head)-2)
	for k, name := range head[2:] {
		columns[k] = recording.DataColumn(name)
	}
	t := &Table{Columns: columns, rows: map[int][]string{}, varies: map[int]int{}}
	for {
		row, err := in.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("analysis: table of images: %w", err)
		}
		id, err := strconv.Atoi(row[0])
		if err != nil {
			return nil, fmt.Errorf("analysis: table of images: found %q as image_id, want a whole number", row[0])
		}
		for k, text := range t.rows[id] {
			if text != row[2+k] {
				t.varies[k] = id
			}
		}
		t.rows[id] = row[2:]
	}
}

// NewTable makes a table of rows by the identities of images.
func NewTable(columns []string, rows map[int][]string) *Table {
	return &Table{Columns: columns, rows: rows}
}

// Column returns the texts of a column for images, "" where an image has no row. A
// column in which an image has several texts is an error. A column that is not there is an error that lists those that are; so is any column of
// a nil table, which tells classes alone.
func (t *Table) Column(name string, ids []int) ([]string, error) {
	if t == nil {
		return nil, fmt.Errorf("analysis: found no column %q: the data set tells the class of an image alone", name)
	}
	k := slices.Index(t.Columns, name)
	if k < 0 {
		return nil, fmt.Errorf("analysis: found no column %q, the data set has %q", name, t.Columns)
	}
	if id, several := t.varies[k]; several {
		return nil, fmt.Errorf("analysis: column %q is not one of image %d: each repeat has another image whose label counts; record.repeats = 1 would do", name, id)
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		if row := t.rows[id]; k < len(row) {
			list[i] = row[k]
		}
	}
	return list, nil
}

// Numbers returns a column as numbers. A text that is no number is an error.
func (t *Table) Numbers(name string, ids []int) ([]float64, error) {
	texts, err := t.Column(name, ids)
	if err != nil {
		return nil, err
	}
	list := make([]float64, len(texts))
	for i, text := range texts {
		if list[i], err = strconv.ParseFloat(text, 64); err != nil {
			return nil, fmt.Errorf("analysis: column %q: found %q for image %d, want a number", name, text, ids[i])
		}
	}
	return list, nil
}
