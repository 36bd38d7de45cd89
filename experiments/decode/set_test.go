package decode

import "testing"

// TestPutIsInOrder: of several values that cannot be written, the fault is that of
// the first in the file, at every run.
func TestPutIsInOrder(t *testing.T) {
	for range 50 {
		s := New("x.toml", "a = 1\n[variant.v]\na = { z = 1, b = 2, c = 3 }\n", Hints{})
		root, err := s.Decode()
		if err != nil {
			t.Fatal(err)
		}
		from := []string{"variant", "v", "a"}
		v := root["variant"].(map[string]any)["v"].(map[string]any)["a"]
		err = s.Put(root, []string{"a"}, v, Origin{Path: from})
		if f, ok := err.(*Fault); !ok || f.Key != "variant.v.a.z" || f.Column != 7 {
			t.Fatalf("got %v, want a fault of z, which stands first", err)
		}
	}
}
