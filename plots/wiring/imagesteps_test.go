package wiring

import (
	"slices"
	"testing"

	"ventral/cortex/recording"
)

// The image is said to be there at the steps that show it, not while a mask does.
func TestImageSteps(t *testing.T) {
	an := &recording.Anatomy{Steps: 6, InputSteps: []int{0, 1, 2, 3, 4, 5}}
	if got := imageSteps(an); len(got) != 6 {
		t.Errorf("without a strip: %v", got)
	}
	an.Strip = []recording.Segment{{From: 0, To: 1, Kind: "image"}, {From: 2, To: 2, Kind: "blank"}, {From: 3, To: 9, Kind: "mask"}}
	if got := imageSteps(an); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("got %v", got)
	}
}
