package exit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// TestOf: an interruption is 130, the user's input 2 and everything else 1, however
// deep the cause lies.
func TestOf(t *testing.T) {
	failed := errors.New("the disk is full")
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {failed, 1}, {ErrReported, 1}, {Wrongf("found %d", 1), 2}, {Wrong(failed), 2}, {Wrong(ErrReported), 2},
		{&decode.Fault{}, 2}, {fmt.Errorf("below: %w", &rundir.Damaged{Err: failed}), 2},
		{context.Canceled, 130}, {Wrong(fmt.Errorf("below: %w", context.Canceled)), 130},
		{WrongUnlessFault(nil), 0}, {WrongUnlessFault(failed), 2}, {WrongUnlessFault(&decode.Fault{}), 2},
	} {
		if got := Of(c.err); got != c.want {
			t.Errorf("%v: status %d, want %d", c.err, got, c.want)
		}
	}
	if IsWrong(WrongUnlessFault(&decode.Fault{})) || !IsWrong(fmt.Errorf("below: %w", Wrong(failed))) {
		t.Error("a fault in a file is shown with its place, an error of the user's input is one wherever it lies")
	}
}

// TestTell: what the user has been told of already, and an interruption, are not
// said again to people, and are errors in JSON.
func TestTell(t *testing.T) {
	for _, c := range []struct {
		err    error
		asJSON bool
		want   string
	}{
		{Wrongf("found %d", 1), false, "cortex: found 1\n"}, {ErrReported, false, ""}, {context.Canceled, false, ""},
		{Wrongf("a < b"), true, `{"format":2,"status":2,"errors":[{"message":"a < b"}]}` + "\n"},
		{context.Canceled, true, `{"format":2,"status":130,"errors":[{"message":"interrupted"}]}` + "\n"},
		{ErrReported, true, `{"format":2,"status":1,"errors":[{"message":"failed, as the output says"}]}` + "\n"},
	} {
		var b strings.Builder
		if Tell(&b, c.err, c.asJSON); b.String() != c.want {
			t.Errorf("%v: got %q, want %q", c.err, b.String(), c.want)
		}
	}
}
