package recording_test

import (
	"slices"
	"testing"

	"ventral/cortex/recording"
)

// TestColumnNames wants names in images.csv that differ from each other and from those
// that are not the data set's, and that lead back.
func TestColumnNames(t *testing.T) {
	columns := append([]string{"id", "side", "column.label", "column.column.label"}, recording.OwnColumns...)
	names := slices.Clone(recording.OwnColumns)
	for _, c := range columns {
		name := recording.ColumnName(c)
		if slices.Contains(names, name) {
			t.Errorf("%q becomes %q, which is there already: %q", c, name, names)
		}
		if back := recording.DataColumn(name); back != c {
			t.Errorf("%q becomes %q, which is read as %q", c, name, back)
		}
		names = append(names, name)
	}
	if got := recording.ColumnName("side"); got != "side" {
		t.Errorf("got %q, want side", got)
	}
}
