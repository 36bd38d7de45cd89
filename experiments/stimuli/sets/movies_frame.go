package sets

import (
	"fmt"
	"image"
	_ "image/gif"  // formats that readFrame knows
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"os"

	_ "golang.org/x/image/bmp" //
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff" //
	_ "golang.org/x/image/webp" //
)

// mostPixels is how many pixels a picture may have; more are refused before they are
// decoded.
const mostPixels = 1 << 24

// readFrame decodes a picture, scales it so that its short side is size, by a Catmull-Rom
// kernel, and writes the square about its middle, of one channel or three. What is
// transparent is black. Errors name the file.
func readFrame(path string, size, channels int, b []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: found no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	about, _, err := image.DecodeConfig(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if about.Width < 1 || about.Height < 1 || about.Width > mostPixels/about.Height {
		return fmt.Errorf("%s: found %d×%d pixels, want 1 to %d", path, about.Height, about.Width, mostPixels)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	picture, _, err := image.Decode(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	box := picture.Bounds()
	side := min(box.Dx(), box.Dy())
	if side < 1 {
		return fmt.Errorf("%s: found no pixels", path)
	}
	x, y := box.Min.X+(box.Dx()-side)/2, box.Min.Y+(box.Dy()-side)/2
	square := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.CatmullRom.Scale(square, square.Bounds(), picture, image.Rect(x, y, x+side, y+side), draw.Src, nil)
	for i := range size * size {
		r, g, v := int(square.Pix[4*i]), int(square.Pix[4*i+1]), int(square.Pix[4*i+2])
		if channels == 1 {
			b[i] = byte((299*r + 587*g + 114*v + 500) / 1000) // ITU-R BT.601
			continue
		}
		b[3*i], b[3*i+1], b[3*i+2] = byte(r), byte(g), byte(v)
	}
	return nil
}
