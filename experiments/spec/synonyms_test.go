package spec

import (
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
)

// TestSynonyms: whatever a word is said to be called here is there, and a word
// that is a key itself leads nowhere else.
func TestSynonyms(t *testing.T) {
	var settable []string
	for _, table := range tableKeys() {
		prefix := ""
		if head := heads.FindStringSubmatch(table.name); head != nil {
			prefix = head[1] + "."
		}
		for _, k := range table.keys {
			settable = append(settable, prefix+k)
		}
	}
	words := slices.Concat(Tables, connectivity.Kinds(), connectivity.Roles, connectivity.Patterns, cortex.LayerKinds(), cortex.LayerKeys("conv"), []string{"softmax", "sigmoid"})
	ofAreas := []string{"shape"}
	for _, k := range areas.Kinds() {
		d, _ := areas.New(k)
		ofAreas = append(ofAreas, decode.KeysOf(d)...)
	}
	for _, s := range synonyms {
		known := slices.Concat(settable, words)
		word := s.key
		switch {
		case strings.HasPrefix(s.key, "area.NAME."):
			known, word = ofAreas, s.word()
		case strings.HasPrefix(s.key, "role.ROLE."):
			known, word = keysOfConnections(), s.word()
		}
		if !slices.Contains(known, word) && s.key != "stimuli.kind" { // kind is read before the rest
			t.Errorf("%s is no key, kind, layer or role", s.key)
		}
		for _, w := range strings.Fields(s.words) {
			if w != plainWord(w) {
				t.Errorf("%s: %q is not in small letters with _", s.key, w)
			}
			if slices.Contains(settable, w) {
				t.Errorf("%q, said to be %s, is a key itself", w, s.key)
			}
		}
	}
	for word, want := range map[string]string{
		"lr": "train.rate", "Learning-Rate": "train.rate", "epochs": "train.epochs", "batch-size": "train.batch", "T": "steps", "timesteps": "steps", "steps": "steps",
		"optimizer": "train.optimiser", "seed": "seed", "nothing": "", "kernel_size": "", "layers": "", "momentum": "",
	} {
		if got := KeyOf(word); got != want {
			t.Errorf("KeyOf(%q) = %q, want %q", word, got, want)
		}
	}
}
