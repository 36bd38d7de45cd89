package rundir

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is the SHA-256 of a text in hexadecimal.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
