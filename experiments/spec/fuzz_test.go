package spec

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"ventral/experiments/decode"
)

// texts are experiment files: those that travel with the program and those with
// one fault.
func texts(f *testing.F) (list []string) {
	f.Helper()
	for _, b := range Builtins() {
		list = append(list, b.Text)
	}
	err := filepath.WalkDir("testdata/faulty", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".toml" {
			return err
		}
		b, err := os.ReadFile(path)
		list = append(list, string(b))
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return list
}

// FuzzRead reads any text as an experiment: an error is a fault with a place
// inside the text, and what is accepted says the same when it is written out
// and read again.
func FuzzRead(f *testing.F) {
	for _, text := range texts(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Read("x.toml", text, Overrides{})
		if err != nil {
			checkFault(t, text, err)
			return
		}
		resolved := e.TOML()
		again, err := Read("x.toml", resolved, Overrides{})
		if err != nil {
			t.Fatalf("the resolved file is refused: %v\n%s", err, resolved)
		}
		if got := again.TOML(); got != resolved {
			t.Errorf("the resolved file reads back differently:\n%s", decode.DifferencesOf(resolved, got))
		}
		for _, v := range e.Variants {
			if _, err := Read("x.toml", text, Overrides{Variant: v}); err != nil {
				checkFault(t, text, err)
			}
		}
	})
}

func checkFault(t *testing.T, text string, err error) {
	t.Helper()
	var fault *decode.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("%T is no fault: %v", err, err)
	}
	lines := strings.Split(text, "\n")
	if fault.Line < 1 || fault.Line > len(lines) || fault.Column < 1 || fault.Column > utf8.RuneCountInString(lines[fault.Line-1])+1 {
		t.Fatalf("place %d:%d is not in the text: %v", fault.Line, fault.Column, err)
	}
	if strings.Contains(fault.Message, "\n") || fault.Message == "" {
		t.Errorf("message %q is not one line", fault.Message)
	}
	if !strings.HasSuffix(fault.Excerpt(), "^") {
		t.Errorf("excerpt %q has no caret", fault.Excerpt())
	}
}

// FuzzSet changes a file by any --set: an error names the change or a place of
// the file, and what is accepted is resolved as usual.
func FuzzSet(f *testing.F) {
	b, _, ok := FindBuiltin("Spoerer_2017")
	if !ok {
		f.Fatal("no such experiment")
	}
	for _, set := range []string{
		"train.epochs=3", "steps = 5", `readout.train="0..2"`, "train.rate=1e-3", `area.L1.shape=[32,32,16]`, `connection."L2->L1"=false`,
		"control=[]", "stimuli={kind=\"digits\"}", "variant.B=1", "x", "=", "a.b.c=", `"a`, "areas=x", "pattern=full", "train=3", "train.batch=\"x\ny\"", "seed=9 # why", "a=1\nb=2",
	} {
		f.Add(set)
	}
	f.Fuzz(func(t *testing.T, set string) {
		e, err := Read("x.toml", b.Text, Overrides{Set: []string{set}})
		if err != nil {
			var fault *decode.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("%T is no fault: %v", err, err)
			}
			if fault.Line == 0 && fault.File != "--set "+set {
				t.Errorf("%q blames %q", set, fault.File)
			}
			if fault.Line > 0 {
				checkFault(t, b.Text, err)
			}
			return
		}
		if _, err := Read("x.toml", e.TOML(), Overrides{}); err != nil {
			t.Errorf("the resolved file is refused: %v", err)
		}
	})
}
