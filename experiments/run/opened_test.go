package run

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// closing is data that counts how often it is closed.
type closing struct {
	stimuli.Data
	closed *int
}

func (c closing) Close() error { *c.closed++; return errors.New("a fault") }

// TestKeepOnly: data sets that are needed no more are closed once and forgotten.
func TestKeepOnly(t *testing.T) {
	var a, b int
	o := opened{map[string]stimuli.Data{"a": closing{nil, &a}, "b": closing{nil, &b}}, map[string][]float64{"a": nil}}
	if err := o.keepOnly([]string{"b"}); err == nil || a != 1 || b != 0 || !slices.Equal(slices.Collect(maps.Keys(o.data)), []string{"b"}) || len(o.mean) != 0 {
		t.Errorf("%v: closed %d and %d times, kept %v", err, a, b, o.data)
	}
	if o.keepOnly(nil); a != 1 || b != 1 || len(o.data) != 0 {
		t.Errorf("closed %d and %d times, kept %v", a, b, o.data)
	}
}
