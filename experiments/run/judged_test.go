package run_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli/arrays"
)

// TestJudged: where the label is that of another image of the trial, the columns and the
// pictures of a recording are those of that image; repeats that draw others have lines of
// their own.
func TestJudged(t *testing.T) {
	pictures := t.TempDir()
	for i := range 24 {
		path := filepath.Join(pictures, []string{"cat", "dog", "elk"}[i%3], fmt.Sprintf("%02d.png", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		p := image.NewGray(image.Rect(0, 0, 16, 16))
		for k := range p.Pix {
			p.SetGray(k%16, k/16, color.Gray{uint8(10*i + k%3)})
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, p); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	text := strings.Replace(tiny, `{ kind = "digits", train = 64, validation = 16, test = 16 }`,
		fmt.Sprintf(`{ kind = "folder", path = %q, size = 16, grey = true, pack = 0, validation = 0, test = 9 }`, pictures), 1) + `
[protocol.pair]
label = 1
show = [{ for = 1, image = true }, { for = "rest", image = 1 }]
`
	e, _ := readAll(t, text, spec.Overrides{Set: []string{"record.images=9", "train.epochs=1", "train.batch=5"}})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	usual := lines(t, dir)
	var ids []string // of the images of the split
	for i, row := range usual {
		ids = append(ids, row["id"])
		if _, ok := row["image_of_label"]; ok || row["image_id"] != strconv.Itoa(i) {
			t.Errorf("line %d of images that are shown alone: %v", i, row)
		}
	}
	for _, repeats := range []int{1, 2} {
		there, err := run.Test(context.Background(), dir, run.Condition{Name: fmt.Sprint("pair", repeats), Set: []string{`input.protocol="pair"`, fmt.Sprint("record.repeats=", repeats)}, Record: true}, plainly(1))
		if err != nil {
			t.Fatal(err)
		}
		rows := lines(t, there)
		if len(rows) != 9*repeats {
			t.Fatalf("%d lines, want %d", len(rows), 9*repeats)
		}
		file, size, err := there.Open(rundir.Recording("IT", recording.Response))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r, err := recording.Open(file, size)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := arrays.Open(there.Path(rundir.Recording("IT", recording.Response)))
		if err != nil {
			t.Fatal(err)
		}
		defer columns.Close()
		kept, err := columns.Array("column.id").Texts()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			of, err := strconv.Atoi(row["image_of_label"])
			if err != nil || row["id"] != ids[of] || of == i%9 || row["image_id"] != strconv.Itoa(i%9) {
				t.Errorf("line %d: %v, want the columns of image_of_label", i, row)
			}
			if class := []string{"cat", "dog", "elk"}[r.Labels[i]]; row["class"] != class || row["label"] != strconv.Itoa(r.Labels[i]) {
				t.Errorf("line %d: class %s and label %s, the label of the trial is that of %s", i, row["class"], row["label"], class)
			}
			if kept[i] != row["id"] {
				t.Errorf("row %d: the recording has %s, the table %s", i, kept[i], row["id"])
			}
		}
		shown, size, err := there.Open(rundir.Recording(recording.Stimuli, recording.Image))
		if err != nil {
			t.Fatal(err)
		}
		defer shown.Close()
		p, err := recording.Open(shown, size)
		if err != nil {
			t.Fatal(err)
		}
		pixels := make([]float32, p.PerImage())
		for k, id := range p.ImageIDs {
			if err := p.Read(k, k+1, pixels); err != nil {
				t.Fatal(err)
			}
			number, _ := strconv.Atoi(strings.TrimSuffix(filepath.Base(rows[id]["id"]), ".png"))
			if got := int(pixels[0]*255 + 0.5); got != 10*number {
				t.Errorf("the picture of trial %d has %d, want %d, that of %s", id, got, 10*number, rows[id]["id"])
			}
		}
		in, _, err := there.Open(rundir.ImagesFile)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		table, err := analysis.ReadTable(in)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := table.Column("id", []int{0}); (err != nil) != (repeats == 2) {
			t.Errorf("%d repeats: the column of ids: %v", repeats, err)
		}
	}
}

// lines are the lines of images.csv, by column.
func lines(t *testing.T, dir rundir.Folder) (list []map[string]string) {
	t.Helper()
	f, _, err := dir.Open(rundir.ImagesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		m := map[string]string{}
		for k, name := range rows[0] {
			m[name] = row[k]
		}
		list = append(list, m)
	}
	return list
}
