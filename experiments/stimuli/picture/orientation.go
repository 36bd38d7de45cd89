package picture

import (
	"encoding/binary"
	"io"
)

// maxSteps limits how many segments, chunks or entries of a file are looked at for
// the orientation.
const maxSteps = 4096

// orientation returns the tag Orientation of EXIF, 1 to 8, of a file of size bytes: 1
// where there is none, or none that makes sense.
func orientation(r io.ReaderAt, size int64, kind string) int {
	switch kind {
	case "JPEG":
		return ofJPEG(r)
	case "PNG":
		return ofChunks(r, 8, binary.BigEndian, "eXIf")
	case "WebP":
		return ofChunks(r, 12, binary.LittleEndian, "EXIF")
	case "TIFF":
		return ofTIFF(io.NewSectionReader(r, 0, size))
	}
	return 1
}

// ofJPEG looks at the segments before the first scan.
func ofJPEG(r io.ReaderAt) int {
	at := int64(2)
	var b [10]byte
	for range maxSteps {
		if n, _ := r.ReadAt(b[:], at); n < 4 || b[0] != 0xff {
			return 1
		}
		length := int64(binary.BigEndian.Uint16(b[2:]))
		switch marker := b[1]; {
		case marker == 0xff: // a byte of filling
			at++
			continue
		case marker == 0xe1 && length >= 8 && string(b[4:]) == "Exif\x00\x00":
			return ofTIFF(io.NewSectionReader(r, at+10, length-8))
		case marker == 0xda, marker == 0xd9, length < 2:
			return 1
		}
		at += 2 + length
	}
	return 1
}

// ofChunks looks at the chunks of a PNG, whose length precedes their name and whose
// check sum follows, or of a WebP, whose name precedes their length, which is filled
// up to an even one.
func ofChunks(r io.ReaderAt, at int64, order binary.ByteOrder, name string) int {
	var b [8]byte
	for range maxSteps {
		if n, _ := r.ReadAt(b[:], at); n < len(b) {
			return 1
		}
		is, length, next := string(b[4:]), int64(order.Uint32(b[:])), int64(4)
		if order == binary.ByteOrder(binary.LittleEndian) {
			is, length = string(b[:4]), int64(order.Uint32(b[4:]))
			next = length & 1
		}
		if is == name {
			head := make([]byte, 6)
			if n, _ := r.ReadAt(head, at+8); n == 6 && string(head) == "Exif\x00\x00" {
				return ofTIFF(io.NewSectionReader(r, at+14, length-6))
			}
			return ofTIFF(io.NewSectionReader(r, at+8, length))
		}
		at += 8 + length + next
	}
	return 1
}

// ofTIFF looks at the first directory.
func ofTIFF(r io.ReaderAt) int {
	var b [12]byte
	if n, _ := r.ReadAt(b[:8], 0); n < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if n, _ := r.ReadAt(b[:2], at); n < 2 {
		return 1
	}
	at += 2
	for range min(int(order.Uint16(b[:])), maxSteps) {
		if n, _ := r.ReadAt(b[:], at); n < len(b) {
			return 1
		}
		const tag, short = 0x0112, 3
		if order.Uint16(b[:]) == tag {
			v := order.Uint16(b[8:])
			if order.Uint16(b[2:]) != short || order.Uint32(b[4:]) != 1 || v < 1 || v > 8 {
				return 1
			}
			return int(v)
		}
		at += 12
	}
	return 1
}

// turn returns p the right way up. The orientations are 1 none, 2 mirrored, 3 by 180
// degrees, 4 upside down, 5 rows are columns, 6 to be turned clockwise, 7 as 5 and by
// 180 degrees, 8 to be turned counterclockwise.
func (p Pixels) turn(orientation int) Pixels {
	if orientation < 2 {
		return p
	}
	h, w := p.Height, p.Width
	if orientation >= 5 {
		h, w = w, h
	}
	q := blank(h, w, p.Channels)
	for y := range h {
		for x := range w {
			v, u := y, x // where it is in p
			switch orientation {
			case 2:
				u = w - 1 - x
			case 3:
				v, u = h-1-y, w-1-x
			case 4:
				v = h - 1 - y
			case 5:
				v, u = x, y
			case 6:
				v, u = w-1-x, y
			case 7:
				v, u = w-1-x, h-1-y
			case 8:
				v, u = x, h-1-y
			}
			copy(q.Data[(y*w+x)*p.Channels:(y*w+x+1)*p.Channels], p.Data[(v*p.Width+u)*p.Channels:])
		}
	}
	return q
}
