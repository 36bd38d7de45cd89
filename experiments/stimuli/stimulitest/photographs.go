package stimulitest

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"ventral/experiments/stimuli"
)

// Photographs are JPEG files in the layout of ImageNet: train/CLASS/NAME.JPEG and
// val/CLASS/NAME.JPEG. They are made, not taken: a coloured grating that its class
// determines, under waves and noise of its own, as many bytes as a photograph has.
type Photographs struct {
	Train, Val int // how many
	Classes    int
	Side       int // mean of the shorter side; sides vary by a quarter, and ratios up to 3:2
	Seed       uint64
}

// Write writes the files below folder.
func (p Photographs) Write(folder string) error {
	total := p.Train + p.Val
	for c := range p.Classes {
		for _, split := range []string{"train", "val"} {
			if err := os.MkdirAll(filepath.Join(folder, split, p.class(c)), 0o777); err != nil {
				return err
			}
		}
	}
	errs := make([]error, total)
	next := make(chan int, total)
	for i := range total {
		next <- i
	}
	close(next)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				split := "train"
				if i >= p.Train {
					split = "val"
				}
				class := i % p.Classes
				errs[i] = writeJPEG(filepath.Join(folder, split, p.class(class), fmt.Sprintf("image_%07d.JPEG", i)), p.image(i, class))
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

func (p Photographs) class(c int) string { return fmt.Sprintf("n%08d", c) }

func writeJPEG(path string, m image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = errors.Join(jpeg.Encode(w, m, &jpeg.Options{Quality: 88}), w.Flush(), f.Close())
	return err
}

// image makes the image of a number.
func (p Photographs) image(i, class int) image.Image {
	s := stimuli.NewStream(p.Seed, stimuli.ForImages(stimuli.Train), 1, i)
	side := int(float64(p.Side) * s.Uniform(0.75, 1.25))
	height, width := side, int(float64(side)*s.Uniform(1, 1.5))
	if s.Below(2) == 0 {
		height, width = width, height
	}
	angle := math.Pi * float64(class%10) / 10
	hue := 2 * math.Pi * float64(class/10%10) / 10
	sin, cos := math.Sincos(angle)
	period, phase := s.Uniform(7, 13), s.Uniform(0, 2*math.Pi)
	var waves [6][3]float64 // frequencies across and down, phase
	for k := range waves {
		waves[k] = [3]float64{s.Uniform(-0.2, 0.2), s.Uniform(-0.2, 0.2), s.Uniform(0, 2*math.Pi)}
	}
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := 40 * math.Sin(2*math.Pi*(float64(x)*cos+float64(y)*sin)/period+phase)
			for _, w := range waves {
				v += 12 * math.Sin(w[0]*float64(x)+w[1]*float64(y)+w[2])
			}
			v += s.Uniform(-12, 12)
			at := func(turn float64) uint8 {
				return uint8(min(255, max(0, 128+v+45*math.Cos(hue+turn))))
			}
			m.SetNRGBA(x, y, color.NRGBA{at(0), at(2 * math.Pi / 3), at(4 * math.Pi / 3), 255})
		}
	}
	return m
}
