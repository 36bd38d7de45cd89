package picture

// Pixels is an image of 8 bits a channel.
type Pixels struct {
	Height, Width int
	Channels      int    // 1, grey; or 3, red, green and blue
	Data          []byte // axes y, x, channel
}

func blank(height, width, channels int) Pixels {
	return Pixels{Height: height, Width: width, Channels: channels, Data: make([]byte, height*width*channels)}
}

// Grey returns the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, in the whole
// numbers of Pillow's mode "L". A grey image is returned as it is.
func (p Pixels) Grey() Pixels {
	if p.Channels == 1 {
		return p
	}
	q := blank(p.Height, p.Width, 1)
	for i := range q.Data {
		c := p.Data[3*i : 3*i+3 : 3*i+3]
		q.Data[i] = byte((19595*uint32(c[0]) + 38470*uint32(c[1]) + 7471*uint32(c[2]) + 1<<15) >> 16)
	}
	return q
}

// Colour returns three channels, which are equal where p is grey. A colour image is
// returned as it is.
func (p Pixels) Colour() Pixels {
	if p.Channels == 3 {
		return p
	}
	q := blank(p.Height, p.Width, 3)
	for i, v := range p.Data {
		c := q.Data[3*i : 3*i+3 : 3*i+3]
		c[0], c[1], c[2] = v, v, v
	}
	return q
}

// Crop returns a copy of the part whose upper left pixel is (y, x). A part that is
// not inside p is a panic.
func (p Pixels) Crop(y, x, height, width int) Pixels {
	if y < 0 || x < 0 || height < 1 || width < 1 || height > p.Height-y || width > p.Width-x {
		panic("picture: a crop is not inside its image")
	}
	q := blank(height, width, p.Channels)
	n := width * p.Channels
	for i := range height {
		from := ((y+i)*p.Width + x) * p.Channels
		copy(q.Data[i*n:(i+1)*n], p.Data[from:])
	}
	return q
}

// Centre returns the middle of p, as Crop does. Where an odd number of pixels is
// left over, the larger part of them is cut off below and at the right.
func (p Pixels) Centre(height, width int) Pixels {
	return p.Crop((p.Height-height)/2, (p.Width-width)/2, height, width)
}
