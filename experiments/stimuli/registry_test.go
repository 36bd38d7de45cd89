package stimuli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestRegister: a data set has a name of its own, and goes as it came.
func TestRegister(t *testing.T) {
	if _, err := New("faces"); err == nil || err.Error() != `stimuli: kind: found "faces", there are no data sets` {
		t.Errorf("of no data sets: %v", err)
	}
	faces := Set{Name: "faces", About: "x", Source: "x", New: func() Kind { return nil }, Small: func(string) (Kind, error) { return nil, errors.ErrUnsupported }}
	cars := faces
	cars.Name = "cars"
	defer Register(faces)()
	remove := Register(cars)
	if got, want := strings.Join(Kinds(), " "), "cars faces"; got != want {
		t.Errorf("data sets are %s, want %s", got, want)
	}
	if _, err := New("cars"); err != nil {
		t.Error(err)
	}
	_, err := New("car")
	if want := `stimuli: kind: found "car", want one of cars, faces`; err == nil || err.Error() != want {
		t.Errorf("New = %v, want %s", err, want)
	}
	panics(t, `"cars" is registered twice`, cars)
	remove()
	remove()
	if got := strings.Join(Kinds(), " "); got != "faces" {
		t.Errorf("data sets are %s after one was removed, want faces", got)
	}
	panics(t, `name "Faces"`, Set{Name: "Faces"})
	panics(t, `"houses": want About, Source, New and Small`, Set{Name: "houses", About: "x", Source: "x", New: faces.New})
}

func panics(t *testing.T, want string, s Set) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
			t.Errorf("panic %q, want %q", got, want)
		}
	}()
	Register(s)
}
