package sets

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"ventral/experiments/diskfile"
	"ventral/experiments/stimuli"
)

// A record of CIFAR-10 is a byte with the label, 0 … 9, and 32×32 bytes each
// of red, green and blue, rows first.
const (
	cifarPlane  = 32 * 32
	cifarPixels = 3 * cifarPlane
	cifarRecord = 1 + cifarPixels
)

// readCIFARFile fills p from a file and returns the SHA-256 of the file.
func readCIFARFile(name string, p stimuli.Part) (hash string, err error) {
	hash, err = hashed(name, func(r io.Reader) error { return readCIFAR(r, p) })
	if err != nil {
		return "", fmt.Errorf("stimuli: cifar10: %w", err)
	}
	return hash, nil
}

// hashed reads a file by read and returns its SHA-256.
func hashed(name string, read func(io.Reader) error) (string, error) {
	f, _, err := diskfile.Open(name, "a file of images")
	if err != nil {
		return "", fmt.Errorf("%w; want the unpacked archive whole", err)
	}
	defer f.Close()
	h := sha256.New()
	if err := read(io.TeeReader(f, h)); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readCIFAR fills p with the records in r, which must be as many as p has
// labels: neither fewer bytes nor more.
func readCIFAR(r io.Reader, p stimuli.Part) error {
	return readRecords(r, p.Pixels, labelByte{"label", len(cifarClasses), p.Labels})
}

// labelByte is one of the bytes with which a record begins: what it is called, how many
// classes it tells apart, and where it is written, record by record.
type labelByte struct {
	name    string
	classes int
	into    []uint16
}

// readRecords reads records that begin with those labels, as many as are written.
func readRecords(r io.Reader, pixels []byte, labels ...labelByte) error {
	const repair = "a fresh copy of the file would do"
	n, size := len(labels[0].into), len(labels)+cifarPixels
	buffered := bufio.NewReaderSize(r, 64*size)
	record := make([]byte, size)
	for i := range n {
		got, err := io.ReadFull(buffered, record)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("offset %d: found the end of the file in record %d, want %d records of %d bytes, %d bytes in all; %s",
				i*size+got, i, n, size, n*size, repair)
		}
		if err != nil {
			return fmt.Errorf("offset %d: %w", i*size+got, err)
		}
		for k, l := range labels {
			if int(record[k]) >= l.classes {
				return fmt.Errorf("offset %d: found %s %d in record %d, want 0..%d; %s", i*size+k, l.name, record[k], i, l.classes-1, repair)
			}
			l.into[i] = uint16(record[k])
		}
		interleave(pixels[i*cifarPixels:][:cifarPixels], record[len(labels):])
	}
	if _, err := buffered.ReadByte(); err == nil {
		return fmt.Errorf("offset %d: found more bytes, want the end of the file after %d records; %s", n*size, n, repair)
	} else if !errors.Is(err, io.EOF) {
		return fmt.Errorf("offset %d: %w", n*size, err)
	}
	return nil
}

// interleave turns three planes into pixels of three channels:
//
//	dst[3·i + c] = planes[1024·c + i]
func interleave(dst, planes []byte) {
	red, green, blue := planes[:cifarPlane], planes[cifarPlane:2*cifarPlane], planes[2*cifarPlane:]
	for i := range red {
		pixel := dst[3*i : 3*i+3]
		pixel[0], pixel[1], pixel[2] = red[i], green[i], blue[i]
	}
}
