package plots

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ventral/plots/canvas"
)

// The table of a file says where its objects are, its streams are as long as
// they say and hold numbers alone, and there are no dates.
func TestPDF(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	figures, err := All(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		t.Run(f.Name, func(t *testing.T) {
			var b bytes.Buffer
			if err := canvas.Save(&b, "pdf", f, 0, 0); err != nil {
				t.Fatal(err)
			}
			file := b.String()
			if !strings.HasPrefix(file, "%PDF-1.4\n") || strings.Contains(file, "Date") {
				t.Error("not PDF 1.4 without dates")
			}
			_, tail, _ := strings.Cut(file, "startxref\n")
			table, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(tail, "%%EOF\n")))
			if err != nil || !strings.HasPrefix(file[table:], "xref\n") {
				t.Fatalf("startxref %q does not point at the table", tail)
			}
			entries := regexp.MustCompile(`(\d{10}) 00000 n \n`).FindAllStringSubmatch(file[table:], -1)
			for i, e := range entries {
				at, _ := strconv.Atoi(e[1])
				if want := fmt.Sprintf("%d 0 obj\n", i+1); !strings.HasPrefix(file[at:], want) {
					t.Errorf("no object %d at %d", i+1, at)
				}
			}
			images := 0
			for _, m := range marks(t, f) {
				if m.kind == "image" {
					images++
				}
			}
			if got := len(entries) - 5; got != images {
				t.Errorf("%d images, want %d", got, images)
			}
			streams := regexp.MustCompile(`/Length (\d+) >>\nstream\n`).FindAllStringSubmatchIndex(file, -1)
			for i, s := range streams {
				n, _ := strconv.Atoi(file[s[2]:s[3]])
				if !strings.HasPrefix(file[s[1]+n:], "\nendstream") {
					t.Fatalf("stream %d does not end after %d bytes", i, n)
				}
				z, err := zlib.NewReader(strings.NewReader(file[s[1] : s[1]+n]))
				if err != nil {
					t.Fatal(err)
				}
				data, err := io.ReadAll(z)
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 {
					continue
				}
				if text := string(data); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "e+") {
					t.Error("the page holds what is no number of PDF")
				}
				if q, Q := bytes.Count(data, []byte("q\n")), bytes.Count(data, []byte("Q\n")); q != Q || q == 0 {
					t.Errorf("%d pushes, %d pops", q, Q)
				}
			}
		})
	}
}
