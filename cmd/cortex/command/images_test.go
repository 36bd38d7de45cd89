package command

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const imagesPage = "../../../docs/images.md"

// TestImagesCommands runs every command of docs/images.md on small pictures, and the
// page's Python where numpy is installed.
func TestImagesCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	dir := t.TempDir()
	for _, text := range blocks(t, imagesPage, "toml") {
		if strings.HasPrefix(text, "# factors.toml") {
			must(t, os.WriteFile(filepath.Join(dir, "factors.toml"), []byte(text), 0o666))
		}
	}
	var table strings.Builder
	table.WriteString("file\tlabel\tside\torientation\n")
	for i := range 40 {
		for k, class := range []string{"stripes", "bars", "checks"} {
			name := fmt.Sprintf("my-images/%s/%02d.%s", class, i, []string{"png", "jpg"}[i%2])
			writePattern(t, filepath.Join(dir, name), k, i)
			fmt.Fprintf(&table, "%s\t%s\t%s\t%d\n", name, class, []string{"left", "right"}[i/2%2], 45*(i%4))
		}
		writePattern(t, filepath.Join(dir, fmt.Sprintf("probe/%02d.png", i)), i%3, 100+i)
	}
	must(t, os.WriteFile(filepath.Join(dir, "images.tsv"), []byte(table.String()), 0o666))
	mine, err := process(dir, "new", "debris").Output()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), mine, 0o666))
	if n := runPage(t, dir, imagesPage); n < 7 {
		t.Errorf("found %d commands", n)
	}
	page, err := os.ReadFile(filepath.Join(dir, "runs/my/index.html"))
	must(t, err)
	for _, class := range []string{"stripes", "bars", "checks"} {
		if !strings.Contains(string(page), class) {
			t.Errorf("the page does not show the class %q", class)
		}
	}
	rows, err := os.ReadFile(filepath.Join(dir, "runs/factors/recordings/images.csv"))
	must(t, err)
	if !strings.HasPrefix(string(rows), "image_id,label,id,file,column.label,side,orientation\n") {
		t.Errorf("recordings/images.csv begins with %.80q", rows)
	}
	if exec.Command("python3", "-c", "import numpy").Run() == nil {
		script := exec.Command("python3", "-c", blocks(t, imagesPage, "python")[0])
		script.Dir = dir
		if out, err := script.CombinedOutput(); err != nil {
			t.Errorf("the page's Python: %v\n%s", err, out)
		}
	}
}

// writePattern writes a picture of a pattern, of a size and a phase of its own.
func writePattern(t *testing.T, name string, pattern, number int) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o777))
	height, width := 34+number%5*3, 40-number%4*2
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	period, phase := 3+number%3, number*7
	for y := range height {
		for x := range width {
			on := [3]int{(x + phase) / period, (y + phase) / period, (x+phase)/period + (y+phase)/period}[pattern] % 2
			p.Set(x, y, color.RGBA{uint8(40 + 170*on), uint8(30 + 190*on + number%9), uint8(60 + 120*on), 255})
		}
	}
	f, err := os.Create(name)
	must(t, err)
	if strings.HasSuffix(name, ".jpg") {
		must(t, jpeg.Encode(f, p, nil))
	} else {
		must(t, png.Encode(f, p))
	}
	must(t, f.Close())
}
