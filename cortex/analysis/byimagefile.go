package analysis

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// readByImage reads a column of numbers of a CSV by the names of images, which stand in
// its column id. Several rows of an image, such as those of several people, are averaged.
// Key is what settings call the file.
func readByImage(on Subject, key, path, id, column string) (map[string]float64, error) {
	file, _, err := on.Open(path)
	if err != nil {
		return nil, fmt.Errorf("analysis: %s: %w", key, err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("analysis: %s: %s: %w", key, path, err)
	}
	at, value := slices.Index(head, id), slices.Index(head, column)
	if at < 0 || value < 0 {
		return nil, fmt.Errorf("analysis: %s: %s has the columns %q, want %q, which names images, and %q", key, path, head, id, column)
	}
	sums, counts := map[string]float64{}, map[string]float64{}
	for line := 2; ; line++ {
		row, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("analysis: %s: %s: %w", key, path, err)
		}
		if len(row) <= max(at, value) {
			return nil, fmt.Errorf("analysis: %s: %s: row %d has %d cells of %d", key, path, line, len(row), len(head))
		}
		v, err := strconv.ParseFloat(row[value], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("analysis: %s: %s: row %d: found %q as %s, want a number", key, path, line, row[value], column)
		}
		sums[row[at]] += v
		counts[row[at]]++
	}
	for name := range sums {
		sums[name] /= counts[name]
	}
	return sums, nil
}

// namesOf are the names of images in a column: "image_id" are their numbers.
func namesOf(on Subject, column string, ids []int) ([]string, error) {
	if column != "image_id" {
		return on.Table.Column(column, ids)
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = strconv.Itoa(id)
	}
	return names, nil
}
