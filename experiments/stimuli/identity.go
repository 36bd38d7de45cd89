package stimuli

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// lookedAt is how many images of a split without ids are read to tell it.
const lookedAt = 64

// Identity is the SHA-256 in hexadecimal of which images a split holds, in their order;
// "" of one without images. Answers of two splits with the same identity can be paired
// image by image. It is that of
//
//   - the ids, of [Factored] data that is read from files, whatever the files hold;
//   - the hash of the split, of data whose images are made: their ids are numbers, which
//     say nothing of the settings and the seed that they were made by;
//   - the labels of all images and the pixels of some, of other data.
func Identity(d Data, s Split) (string, error) {
	about := d.Description()
	n := about.Images[s]
	if n == 0 {
		return "", nil
	}
	h := sha256.New()
	if made, ok := d.Hashes()[s.String()]; ok {
		fmt.Fprintf(h, "made %s %d\n", made, n)
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	if f, ok := d.(Factored); ok {
		for i := range n {
			id, err := f.Factor(s, i, "id")
			if err != nil {
				return "", &ReadError{s, i, err}
			}
			fmt.Fprintf(h, "%q\n", id)
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	if about.Labelled() {
		label := make([]float32, len(about.Label().Classes))
		for i := range n {
			if err := d.Target(s, i, 0, Label, label); err != nil {
				return "", &ReadError{s, i, err}
			}
			for class, v := range label {
				if v != 0 {
					fmt.Fprintf(h, "%d ", class)
				}
			}
			h.Write([]byte{'\n'})
		}
	}
	pixels := make([]float32, about.size())
	for k := range min(n, lookedAt) {
		i := k * n / min(n, lookedAt)
		if err := d.Read(s, i, 0, pixels); err != nil {
			return "", &ReadError{s, i, err}
		}
		for _, v := range pixels {
			binary.Write(h, binary.LittleEndian, math.Float32bits(v)) // a hash takes all
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
