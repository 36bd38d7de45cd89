package generated

import (
	"slices"
	"strconv"
	"testing"

	"ventral/experiments/stimuli"
)

// TestMazes solves images from their pixels, by filling from red, without what the
// generator knows: whether green is reached is the label, and the shortest way is the
// target. Openings are as many whatever the label.
func TestMazes(t *testing.T) {
	k := NewMazes()
	k.Scale, k.Border, k.Canvas, k.Size, k.Train = 1, 2, 8, 6, 200
	d := open(t, k, 3)
	side := d.about.Shape[0]
	if side != 17+4 {
		t.Fatalf("images are %d pixels high, want 21", side)
	}
	white := map[int]int{}
	solution, label := make([]float32, side*side), make([]float32, 2)
	for i := range k.Train {
		p := pixels(t, d, stimuli.Train, i)
		colour := func(j int) [3]float32 { return [3]float32(p[3*j:]) }
		red, green, open := -1, -1, 0
		for j := range side * side {
			switch colour(j) {
			case [3]float32{1, 0, 0}:
				red = j
			case [3]float32{0, 1, 0}:
				green = j
			}
			if colour(j) != [3]float32{} {
				open++
			}
		}
		class, err := stimuli.Classes(d, stimuli.Train, i, label)
		if err != nil {
			t.Fatal(err)
		}
		white[open]++
		far := map[int]int{red: 1}
		for queue := []int{red}; len(queue) > 0; queue = queue[1:] {
			for _, j := range []int{queue[0] - side, queue[0] - 1, queue[0] + 1, queue[0] + side} {
				if colour(j) != [3]float32{} && far[j] == 0 {
					far[j] = far[queue[0]] + 1
					queue = append(queue, j)
				}
			}
		}
		if err := d.Target(stimuli.Train, i, 0, "solution", solution); err != nil {
			t.Fatal(err)
		}
		if reached := far[green] > 0; reached != (class == 1) {
			t.Errorf("maze %d: green is reached %t, class %s", i, reached, d.about.Label().Classes[class])
		}
		var way []int
		if class == 1 {
			for at := green; ; {
				way = append(way, at)
				if at == red {
					break
				}
				for _, j := range []int{at - side, at - 1, at + 1, at + side} {
					if far[j] == far[at]-1 {
						at = j
						break
					}
				}
			}
			if got, want := told(t, d, stimuli.Train, i)["way"], strconv.Itoa(len(way)/2); got != want {
				t.Errorf("maze %d: a way of %s cells, want %s", i, got, want)
			}
		}
		for j, v := range solution {
			want := float32(0)
			if slices.Contains(way, j) {
				want = 1
			}
			if v != want {
				t.Fatalf("maze %d: solution at %d, %d is %v, want %v", i, j/side, j%side, v, want)
			}
		}
	}
	// 36 cells and 35 openings, less the one that is closed.
	if len(white) != 1 || white[36+34] == 0 {
		t.Errorf("mazes have %v squares that are open, want 70 in all", white)
	}
}

// TestMazesScale: a maze is drawn to scale, and the defaults fill 32 pixels.
func TestMazesScale(t *testing.T) {
	k := NewMazes()
	if about, err := k.Describe(stimuli.Env{}); err != nil || about.Shape != [3]int{32, 32, 3} {
		t.Errorf("images of %v, %v; want 32×32×3", about.Shape, err)
	}
	k.Canvas = 5
	_, err := k.Describe(stimuli.Env{})
	checkError(t, err, "canvas: found 5, want as many as size, 7, or more")
	k.Canvas = 0
	big, k2 := open(t, k, 9), *k
	k2.Scale = 1
	small := open(t, &k2, 9)
	p, q := pixels(t, big, stimuli.Test, 7), pixels(t, small, stimuli.Test, 7)
	for y := range 30 {
		for x := range 30 {
			for c := range 3 {
				if p[((y+1)*32+x+1)*3+c] != q[((y/2+1)*17+x/2+1)*3+c] {
					t.Fatalf("pixel %d, %d of the image at scale 2 is another than at scale 1", y, x)
				}
			}
		}
	}
}
