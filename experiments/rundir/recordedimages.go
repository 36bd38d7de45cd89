package rundir

import (
	"encoding/csv"
	"errors"
	"io/fs"
)

// RecordedImages counts the images that are recorded in a run's folder, each of its repeats
// once.
func RecordedImages(f Folder) (int, error) {
	file, _, err := f.Open(ImagesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return 0, &Damaged{Path: f.Path(ImagesFile), Err: err}
	}
	return max(len(rows)-1, 0), nil
}
