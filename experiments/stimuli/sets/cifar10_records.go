package sets

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

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
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("stimuli: cifar10: %w; want the unpacked archive whole", err)
	}
	defer f.Close()
	h := sha256.New()
	if err := readCIFAR(io.TeeReader(f, h), p); err != nil {
		return "", fmt.Errorf("stimuli: cifar10: %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readCIFAR fills p with the records in r, which must be as many as p has
// labels: neither fewer bytes nor more.
func readCIFAR(r io.Reader, p stimuli.Part) error {
	const repair = "a fresh copy of the file would do"
	n := len(p.Labels)
	buffered := bufio.NewReaderSize(r, 64*cifarRecord)
	record := make([]byte, cifarRecord)
	for i := range n {
		got, err := io.ReadFull(buffered, record)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("offset %d: found the end of the file in record %d, want %d records of %d bytes, %d bytes in all; %s",
				i*cifarRecord+got, i, n, cifarRecord, n*cifarRecord, repair)
		}
		if err != nil {
			return fmt.Errorf("offset %d: %w", i*cifarRecord+got, err)
		}
		label := record[0]
		if int(label) >= len(cifarClasses) {
			return fmt.Errorf("offset %d: found label %d in record %d, want 0..%d; %s",
				i*cifarRecord, label, i, len(cifarClasses)-1, repair)
		}
		p.Labels[i] = uint16(label)
		interleave(p.Pixels[i*cifarPixels:][:cifarPixels], record[1:])
	}
	if _, err := buffered.ReadByte(); err == nil {
		return fmt.Errorf("offset %d: found more bytes, want the end of the file after %d records; %s", n*cifarRecord, n, repair)
	} else if !errors.Is(err, io.EOF) {
		return fmt.Errorf("offset %d: %w", n*cifarRecord, err)
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
