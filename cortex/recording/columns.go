package recording

import (
	"slices"
	"strings"
)

// OwnColumns are the columns of images.csv that are not the data set's: the number of
// the image in its split, the number of its class, and the number of the image whose
// label counts, where that is another one.
var OwnColumns = []string{"image_id", "label", "image_of_label"}

// ofData is before the name of a column of the data set where a name alone would be
// mistaken for one of OwnColumns, as in the recordings.
const ofData = "column."

// ColumnName returns the name in images.csv of a column of the data set: its own, or
// "column.label" of one that is called as one of [OwnColumns] is. [DataColumn] is its
// inverse.
func ColumnName(column string) string {
	if slices.Contains(OwnColumns, column) || strings.HasPrefix(column, ofData) {
		return ofData + column
	}
	return column
}

// DataColumn returns what the data set calls a column of images.csv.
func DataColumn(name string) string { return strings.TrimPrefix(name, ofData) }
