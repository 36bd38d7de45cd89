package stimuli_test

import (
	"fmt"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/stimulitest"
)

// TestSets holds every data set to what sets, kinds and data promise.
func TestSets(t *testing.T) {
	for _, s := range stimuli.Sets() {
		t.Run(s.Name, func(t *testing.T) { stimulitest.Conform(t, s) })
	}
}

// TestRegister: a data set has a name of its own, and goes as it came.
func TestRegister(t *testing.T) {
	before := strings.Join(stimuli.Kinds(), " ")
	s := stimuli.Sets()[0]
	s.Name = "cifar100"
	remove := stimuli.Register(s)
	if got, want := strings.Join(stimuli.Kinds(), " "), "cifar10 cifar100 digits"; got != want {
		t.Errorf("data sets are %s, want %s", got, want)
	}
	if _, err := stimuli.New("cifar100"); err != nil {
		t.Error(err)
	}
	panics(t, `"cifar100" is registered twice`, s)
	remove()
	remove()
	if got := strings.Join(stimuli.Kinds(), " "); got != before {
		t.Errorf("data sets are %s after one was removed, want %s", got, before)
	}
	panics(t, `"digits" is registered twice`, stimuli.Set{Name: "digits", About: "x", Source: "x", New: s.New, Small: s.Small})
	panics(t, `name "Faces"`, stimuli.Set{Name: "Faces"})
	panics(t, `"faces": want About, Source, New and Small`, stimuli.Set{Name: "faces", About: "x", Source: "x", New: s.New})
}

func panics(t *testing.T, want string, s stimuli.Set) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("panic %q, want %q", got, want)
		}
	}()
	stimuli.Register(s)
}
