package spec

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ventral/experiments/decode"
)

// Text that is too deep or too long is refused before it costs time or memory.
func TestBoundsOfText(t *testing.T) {
	dotted := strings.Repeat("a.", 20000) + "a"
	for name, text := range map[string]string{
		"lists":         "x = " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000),
		"open lists":    "x = " + strings.Repeat("[", 20000),
		"inline tables": "x = " + strings.Repeat("{a=", 20000) + "1" + strings.Repeat("}", 20000),
		"dotted key":    dotted + " = 1",
		"header":        "[" + dotted + "]",
		"array header":  "[[" + dotted + "]]",
		"inline key":    "x = { " + dotted + " = 1 }",
		"quoted parts":  strings.Repeat(`"a".`, 20000) + "a = 1",
		"long":          strings.Repeat("# comment\n", 2<<20),
	} {
		for what, read := range map[string]func() error{
			"experiment": func() error { _, err := Read("x.toml", text, Overrides{}); return err },
			"variants": func() error {
				if found := VariantsOf("x.toml", "variant.a = {}\n"+text); found != nil {
					return fmt.Errorf("found the variants %q", found)
				}
				_, err := Read("x.toml", text, Overrides{Variant: "a"})
				return err
			},
			"setting": func() error {
				_, err := Read("x.toml", three, Overrides{Set: []string{text}})
				return err
			},
		} {
			begun := time.Now()
			err := read()
			if f, ok := err.(*decode.Fault); !ok || !strings.Contains(f.Message, "more than 40 deep") && !strings.Contains(f.Message, "16 MiB") || len(f.Error()) > 300 {
				t.Errorf("%s, %s: got %.200v", name, what, err)
			}
			if d := time.Since(begun); d > 2*time.Second {
				t.Errorf("%s, %s: took %v", name, what, d)
			}
		}
	}
	// What people write is far from the bounds.
	for _, b := range Builtins() {
		if _, err := decode.New(b.Name, b.Text, Hints).Decode(); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{"a = '['\n", "a = \"\\\"[[[[[\"\n", `a = """` + strings.Repeat("[", 100) + `"""`, "# " + strings.Repeat("[", 100), "a = '''\n" + strings.Repeat("[{", 100) + "'''", fmt.Sprintf("a = [%s]", strings.Repeat("[1, 2.5],", 1000))} {
		if _, err := decode.New("x.toml", text, Hints).Decode(); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}
