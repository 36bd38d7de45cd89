package stimuli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"ventral/experiments/diskfile"
)

// HashOf returns the SHA-256 of a regular file in hexadecimal, for [Placed]. A file that
// has the size and the time of before is not read again, as [FindOut] says.
func HashOf(path string) (string, error) {
	sum, _, err := findOut("sums", path, hashOf)
	return sum, err
}

// hashOf reads a file.
func hashOf(path string) (string, error) {
	f, _, err := diskfile.Open(path, "a file of data")
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Sums returns the SHA-256 in hexadecimal of files below a root, in their order, as
// [FindOut] finds them out. The first file that cannot be read is the error.
func Sums(env Env, root string, names []string) ([]string, error) {
	return FindOut(env, "sums", root, names, hashOf)
}
