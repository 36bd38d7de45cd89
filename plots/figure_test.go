package plots

import (
	"bytes"
	"testing"
)

// Every kind is drawn from one synthetic net, in light and dark, twice with
// the same bytes.
func TestKinds(t *testing.T) {
	for _, s := range []Style{Light(), Dark()} {
		d, err := blt.data(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range Kinds() {
			t.Run(s.Name+"/"+k.Name, func(t *testing.T) {
				f, err := Make(k.Name, d)
				if err != nil {
					t.Fatal(err)
				}
				for _, format := range Formats {
					var a, b bytes.Buffer
					if err := Save(&a, format, f, 0, 0); err != nil {
						t.Fatal(err)
					}
					if err := Save(&b, format, f, 0, 0); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(a.Bytes(), b.Bytes()) {
						t.Errorf("%s: two drawings differ", format)
					}
				}
			})
		}
	}
}
