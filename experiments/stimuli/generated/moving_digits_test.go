package generated

import (
	"math"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// TestMovingDigits: without noise a digit that stays in the image keeps its light and
// moves by its speed, and frames have the label of the digit that they show.
func TestMovingDigits(t *testing.T) {
	k := NewMovingDigits()
	k.Noise, k.Frames, k.Digits, k.Train = 0, 12, 3, 60
	d := open(t, k, 2)
	p, label := make([]float32, 32*32), make([]float32, 10)
	straight := 0
	for i := range k.Train {
		digits := strings.Fields(told(t, d, stimuli.Train, i)["digits"])
		if len(digits) != 3 || digits[0] != string(rune('0'+i%10)) || digits[0] == digits[1] || digits[1] == digits[2] {
			t.Errorf("clip %d shows %q, want three of which none follows itself, the first %d", i, digits, i%10)
		}
		var before [3]float64
		var step float64
		for frame := range 12 {
			if err := d.Read(stimuli.Train, i, frame, p); err != nil {
				t.Fatal(err)
			}
			if err := d.Target(stimuli.Train, i, frame, stimuli.Label, label); err != nil {
				t.Fatal(err)
			}
			if label[digits[frame/4][0]-'0'] != 1 {
				t.Errorf("clip %d, frame %d: labels %v, want %s", i, frame, label, digits[frame/4])
			}
			now := centre(p, 32)
			if now[0] < 20 {
				t.Errorf("clip %d, frame %d: %v pixels of light", i, frame, now[0])
			}
			if frame%4 > 0 {
				// A digit is put to a part of a pixel, 1/8; its light is rounded to 1/255 in each pixel.
				if math.Abs(now[0]-before[0]) > 1 {
					t.Errorf("clip %d, frame %d: light %v, was %v", i, frame, now[0], before[0])
				}
				moved := math.Hypot(now[1]-before[1], now[2]-before[2])
				if moved > k.Speed+0.3 {
					t.Errorf("clip %d, frame %d: moved by %v, want at most %v", i, frame, moved, k.Speed)
				}
				if step = max(step, moved); math.Abs(moved-k.Speed) < 0.3 {
					straight++
				}
			}
			before = now
		}
	}
	if straight < 60*9/2 {
		t.Errorf("%d of %d movements are by the speed, want most: few are reflected", straight, 60*9)
	}
}

// centre returns the sum of an image and where its middle is.
func centre(p []float32, size int) [3]float64 {
	var c [3]float64
	for i, v := range p {
		c[0] += float64(v)
		c[1] += float64(v) * float64(i%size)
		c[2] += float64(v) * float64(i/size)
	}
	c[1], c[2] = c[1]/c[0], c[2]/c[0]
	return c
}

// TestReflected: a position comes back as light between two mirrors.
func TestReflected(t *testing.T) {
	for x, want := range map[float64]float64{0: 0, 3: 3, 5: 3, 8: 0, 11: -3, 12: -4, 13: -3, -5: -3, -12: 4, 100: 4} {
		if got := reflected(x, 4); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v between -4 and 4 is %v, want %v", x, got, want)
		}
	}
}

// TestNoise: noise has the standard deviation of its key, where nothing is cut off.
func TestNoise(t *testing.T) {
	s := stimuli.NewStream(1, stimuli.ForImages(stimuli.Train), 0, 0)
	const n = 100_000
	var sum, squares float64
	for range n {
		v := normal(s)
		sum, squares = sum+v, squares+v*v
	}
	// The standard error of the mean is 0.0032, that of the variance 0.0045; 5 are allowed.
	if mean, variance := sum/n, squares/n; math.Abs(mean) > 0.016 || math.Abs(variance-1) > 0.023 {
		t.Errorf("mean %v, variance %v, want 0 and 1", mean, variance)
	}
	k := NewMovingDigits()
	d := open(t, k, 1)
	one, two := pixels(t, d, stimuli.Train, 0), make([]float32, 32*32)
	k.Speed = 0
	if err := open(t, k, 1).Read(stimuli.Train, 0, 1, two); err != nil {
		t.Fatal(err)
	}
	same := 0
	for i := range one {
		if one[i] == two[i] && one[i] > 0 && one[i] < 1 {
			same++
		}
	}
	if same > 5 {
		t.Errorf("%d pixels have the same noise in two frames", same)
	}
}

func TestMovingDigitsRefused(t *testing.T) {
	k := NewMovingDigits()
	k.Frames, k.Digits = 8, 3
	_, err := k.Describe(stimuli.Env{})
	checkError(t, err, "digits: found 3, want a divisor of frames, 8")
	k.Digits = 9
	_, err = k.Describe(stimuli.Env{})
	checkError(t, err, "digits: found 9, want 1..8")
}
