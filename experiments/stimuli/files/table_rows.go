package files

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// wrongRow says, in the words of a table, why a row could not be read.
func (t *told) wrongRow(file string, row []string, err error) error {
	var x *csv.ParseError
	if !errors.As(err, &x) {
		return fmt.Errorf("path: %s: %s", file, reasonOf(err))
	}
	wrong := faultIn(file)
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return wrong(x.Line, "cells: found %d, want %d, a cell for each column of the header", len(row), len(t.columns))
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		return wrong(x.StartLine, "found a quotation mark that ends no cell, or stands within one that does not begin with one; want \"a \"\"word\"\" in quotes\"")
	}
	return wrong(x.Line, "%v", x.Err)
}

// tidy takes the blanks off the ends of cells that name no files, which nobody sees, and
// returns the first column whose cell is no text in UTF-8, "" where all are.
func (t *told) tidy(row []string, masks []string) string {
	for k, name := range t.columns {
		if !utf8.ValidString(row[k]) {
			return name
		}
		if name != "file" && !slices.Contains(masks, name) {
			row[k] = strings.TrimSpace(row[k])
		}
	}
	return ""
}

// unfit says why a row cannot be used, "" where it can: its files, and classes that it
// does not tell.
func (x *Table) unfit(t *told, root string, row []string, folders map[string]string) string {
	if why := unfitRow(root, filepath.ToSlash(row[t.at["file"]]), folders); why != "" {
		return why
	}
	for _, c := range x.Masks {
		if k, ok := t.at[c]; ok {
			switch why := unfitRow(root, row[k], folders); {
			case row[k] == "":
				return fmt.Sprintf("column %q is empty, want the path of a mask", c)
			case why != "":
				return fmt.Sprintf("%s %s: %s", c, plainName(row[k]), why)
			}
		}
	}
	for _, c := range append([]string{x.labelOf(t)}, x.Targets...) {
		if k, ok := t.at[c]; ok && row[k] == "" {
			return fmt.Sprintf("column %q is empty, want a class", c)
		}
	}
	return ""
}

// labelOf is the column of the label, "" where there is none.
func (x *Table) labelOf(t *told) string {
	if _, ok := t.at["label"]; x.Label == "" && ok {
		return "label"
	}
	return x.Label
}

// unfitRow says what is wrong with a file of a row, "" where nothing is. What is found
// out of a folder is remembered in folders.
func unfitRow(root, name string, folders map[string]string) string {
	if name == "" {
		return "column \"file\" is empty, want the path of a picture"
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
