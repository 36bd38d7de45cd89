package brain

import (
	"fmt"
	"strings"
)

// Joined pairs images of a file with those of a recording.
type Joined struct {
	File      []int // places in the file
	Recording []int // places in the recording
	missing   int   // images of the file that the recording has not
	unused    int   // images of the recording that the file has not
	repeated  int   // ids that stand several times in the file; the first counts
	again     int   // ids that several images of the recording have; the first counts
	of        int   // images of the file
}

// Join pairs the images of equal ids, in the order of the recording. Column names where ids
// are from. An empty id is none.
func (f *File) Join(ids []string, column string, least int) (*Joined, error) {
	j := &Joined{of: len(f.IDs)}
	at := map[string]int{}
	seen := map[string]bool{}
	for i, id := range f.IDs {
		if _, twice := at[id]; twice {
			if !seen[id] {
				j.repeated++
			}
			seen[id] = true
			continue
		}
		at[id] = i
	}
	taken, doubled := map[string]bool{}, map[string]bool{}
	for i, id := range ids {
		k, ok := at[id]
		switch {
		case id == "" || !ok:
			j.unused++
		case taken[id]:
			if !doubled[id] {
				j.again++
			}
			doubled[id] = true
		default:
			taken[id] = true
			j.File, j.Recording = append(j.File, k), append(j.Recording, i)
		}
	}
	j.missing = len(at) - len(taken)
	if len(j.File) < least {
		text := fmt.Sprintf("file %q: found %d images by id, want at least %d: %s", f.Path, len(j.File), least, j)
		if len(j.File) == 0 && len(ids) > 0 && len(f.IDs) > 0 {
			text += fmt.Sprintf("; the file has ids such as %q, %s such as %q", f.IDs[0], column, firstText(ids))
			if !f.Numbered && column == "image_id" {
				text += "; id_column names the column of the data set that has the file's texts"
			}
		}
		return nil, fmt.Errorf("%s", text)
	}
	return j, nil
}

func firstText(ids []string) string {
	for _, id := range ids {
		if id != "" {
			return id
		}
	}
	return ""
}

// String says how many images are joined, and how many are not.
func (j *Joined) String() string {
	list := []string{fmt.Sprintf("%d images are in both", len(j.File))}
	for _, x := range []struct {
		n    int
		text string
	}{
		{j.missing, "%d ids of the file are not in the recording"},
		{j.unused, "%d images of the recording are not in the file"},
		{j.repeated, "%d ids are repeated in the file, of which the first counts"},
		{j.again, "%d ids are of several images of the recording, of which the first counts"},
	} {
		if x.n > 0 {
			list = append(list, fmt.Sprintf(x.text, x.n))
		}
	}
	return strings.Join(list, ", ")
}
