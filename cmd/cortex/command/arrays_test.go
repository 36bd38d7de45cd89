package command

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/spec"
)

const arraysPage = "../../../docs/arrays.md"

// TestArraysCommands runs every command of docs/arrays.md on small files: images of
// clothing in the format of MNIST, and the array that the page's Python writes, by
// numpy where there is one.
func TestArraysCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	dir := t.TempDir()
	for _, text := range blocks(t, arraysPage, "toml") {
		if name, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n"); strings.HasSuffix(name, ".toml") {
			must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
		}
	}
	writeFashion(t, filepath.Join(dir, "fashion"))
	writeWalks(t, filepath.Join(dir, "clips"))
	script := exec.Command("python3", "-c", blocks(t, arraysPage, "python")[0])
	script.Dir = dir
	if out, err := script.CombinedOutput(); err != nil {
		if exec.Command("python3", "-c", "import numpy").Run() == nil {
			t.Errorf("the page's Python: %v\n%s", err, out)
		}
		writeBars(t, filepath.Join(dir, "bars.npz"))
	}
	if n := runPage(t, dir, arraysPage); n < 9 {
		t.Errorf("found %d commands", n)
	}
	for run, class := range map[string]string{"fashion": "ankle boot", "bars": "middle", "clips": "left", "pathfinder": "same"} {
		b, err := os.ReadFile(filepath.Join(dir, "runs", run, "run.json"))
		must(t, err)
		if !strings.Contains(string(b), class) {
			t.Errorf("the run %s does not know the class %q", run, class)
		}
	}
}

// TestArraysTables reads every table of stimuli on docs/arrays.md.
func TestArraysTables(t *testing.T) {
	list := blocks(t, arraysPage, "toml")
	n := 0
	for _, text := range list {
		if !strings.HasPrefix(text, "[stimuli]") {
			continue
		}
		n++
		e := strings.Join([]string{"steps = 4\nareas = [\"V1\"]\n", text, "[input]\nto = \"V1\"\nsteps = \"0..\"\nnet = [{ kind = \"conv\", kernel = 3 }]\n[area]\nV1 = { shape = [SIZE, SIZE, 4] }\n[readout]\nfrom = \"V1\"\nnet = [\"average\", \"dense\"]\n"}, "\n")
		side := 32
		if strings.Contains(text, "mazes") {
			side = 21 // 1·(2·9 + 1) + 2
		}
		if _, err := spec.Read("table.toml", strings.ReplaceAll(e, "SIZE", fmt.Sprint(side)), spec.Overrides{}); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
	if n < 5 {
		t.Errorf("found %d tables", n)
	}
}

// writeFashion writes 320 training and 64 test images of 28×28 pixels: class k has light
// in its own rows and columns.
func writeFashion(t *testing.T, folder string) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o777))
	for split, n := range map[string]int{"train": 320, "t10k": 64} {
		labels := []byte{0, 0, 8, 1, 0, 0, byte(n >> 8), byte(n)}
		images := []byte{0, 0, 8, 3, 0, 0, byte(n >> 8), byte(n), 0, 0, 0, 28, 0, 0, 0, 28}
		for i := range n {
			labels = append(labels, byte(i%10))
			for p := range 28 * 28 {
				v := byte(20 + (i*7+p)%17)
				if y, x := p/28, p%28; y/5 == i%10%5 && x/14 == i%10/5 {
					v = 200
				}
				images = append(images, v)
			}
		}
		must(t, os.WriteFile(filepath.Join(folder, split+"-labels-idx1-ubyte"), labels, 0o666))
		must(t, os.WriteFile(filepath.Join(folder, split+"-images-idx3-ubyte"), images, 0o666))
	}
}

// writeWalks writes 60 clips of four pictures, in which a bar moves to the left or to the
// right.
func writeWalks(t *testing.T, folder string) {
	t.Helper()
	for i := range 60 {
		clip := filepath.Join(folder, []string{"left", "right"}[i%2], fmt.Sprintf("walk%02d", i))
		must(t, os.MkdirAll(clip, 0o777))
		for frame := range 4 {
			p := image.NewGray(image.Rect(0, 0, 24, 20))
			at := 6 + i/2%8 + frame*(2*(i%2)-1)
			for y := range 20 {
				p.SetGray(at, y, color.Gray{Y: 220})
			}
			var b bytes.Buffer
			must(t, png.Encode(&b, p))
			must(t, os.WriteFile(filepath.Join(clip, fmt.Sprintf("%04d.png", frame+1)), b.Bytes(), 0o666))
		}
	}
}

// writeBars writes what the page's Python writes, with other noise.
func writeBars(t *testing.T, path string) {
	t.Helper()
	const n, side = 600, 24
	var pixels, brightness []float32
	var labels, ids []string
	for i := range n {
		mean := float32(0)
		for p := range side * side {
			v := 0.4 + float32((i*31+p*17)%23)/100
			if y := p / side; y >= 4+6*(i%3) && y < 8+6*(i%3) {
				v += 0.3
			}
			pixels, mean = append(pixels, v), mean+v/side/side
		}
		labels = append(labels, []string{"high", "middle", "low"}[i%3])
		ids, brightness = append(ids, fmt.Sprintf("bar %d", i)), append(brightness, mean)
	}
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	z := recording.NewNPZWriter(f)
	array := func(name, typ string, shape ...int) *recording.ArrayWriter {
		a, err := z.Array(name, recording.Header{Type: typ, Shape: shape})
		must(t, err)
		return a
	}
	must(t, array("images", recording.Float32, n, side, side).Float32s(pixels))
	must(t, array("labels", recording.TextType(labels...), n).Texts(labels))
	must(t, array("id", recording.TextType(ids...), n).Texts(ids))
	must(t, array("brightness", recording.Float32, n).Float32s(brightness))
	must(t, z.Close())
}
