package stimuli

import (
	"fmt"
	"slices"
	"testing"
)

// TestMemoryClasses: as many classes as 16 bits number, of which several may be true.
func TestMemoryClasses(t *testing.T) {
	classes := make([]string, 1<<16)
	for k := range classes {
		classes[k] = fmt.Sprint(k)
	}
	want := []uint16{0, 17, 1<<16 - 1}
	m := NewMemory(Description{Shape: [3]int{1, 1, 1}, Frames: 1, Targets: []Target{Labels(classes, 3)}, Images: [Splits]int{Test: 2}})
	m.Parts[Test] = Part{Pixels: []byte{0, 255}, Labels: append([]uint16{1, 2, 3}, want...)}
	if err := m.about.Check(); err != nil {
		t.Fatal(err)
	}
	label := make([]float32, len(classes))
	class, err := Classes(m, Test, 1, label)
	if err != nil || class != -1 {
		t.Errorf("class %d, %v, want -1 where several are true", class, err)
	}
	var got []uint16
	for k, v := range label {
		if v == 1 {
			got = append(got, uint16(k))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("classes %v are true, want %v", got, want)
	}
	if _, err := Classes(m, Test, 2, label); err == nil || err.Error() != "stimuli: test image 2: found image 2, there are 2 test images" {
		t.Errorf("beyond the last image: %v", err)
	}
}
