package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
)

// photograph is as large as a common one of ImageNet, and compresses like one: waves
// at all scales, the shorter the weaker.
func photograph() *image.RGBA {
	const height, width = 375, 500
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var c [3]float64
			for k := range 7 {
				f := math.Pow(2, float64(k)) / 100
				for i := range c {
					c[i] += math.Sin(f*(float64(x)*math.Cos(float64(k+i))+float64(y)*math.Sin(float64(2*k+i)))) * 60 / float64(k+1)
				}
			}
			noise := float64((x*7919+y*104729+x*y*31)%29) - 14
			v := func(i int) byte { return byte(max(0, min(255, 127+c[i]+noise))) }
			m.SetRGBA(x, y, color.RGBA{v(0), v(1), v(2), 255})
		}
	}
	return m
}

// BenchmarkDecode decodes photographs on all cores, as many as -cpu says, and resizes
// them as a data set of 64 pixels does.
func BenchmarkDecode(b *testing.B) {
	files := map[string][]byte{}
	var f bytes.Buffer
	if err := jpeg.Encode(&f, photograph(), &jpeg.Options{Quality: 90}); err != nil {
		b.Fatal(err)
	}
	files["jpeg"] = bytes.Clone(f.Bytes())
	f.Reset()
	if err := png.Encode(&f, photograph()); err != nil {
		b.Fatal(err)
	}
	files["png"] = f.Bytes()
	for _, name := range []string{"jpeg", "png"} {
		for _, side := range []int{0, 64} {
			b.Run(map[int]string{0: name, 64: name + "-to64"}[side], func(b *testing.B) {
				b.ReportMetric(float64(len(files[name])), "bytes/file")
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						p, err := Decode(files[name], Limits{})
						if err != nil {
							b.Error(err)
							return
						}
						if side > 0 {
							p.ShortSide(side)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pictures/s")
			})
		}
	}
}
