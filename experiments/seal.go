package experiments

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// Seal is the field of a JSON file, self_sha256, with the SHA-256 of the file in
// which zeros stand in its place. WriteJSON fills it in, and ReadJSON refuses a
// file whose seal does not fit. A file without one is read as it is.
type Seal struct{}

var (
	sealKey = []byte("\n  \"self_sha256\": \"") // a line of its own, so that no text can hold it
	zeros   = strings.Repeat("0", 2*sha256.Size)
)

// MarshalJSON writes zeros.
func (Seal) MarshalJSON() ([]byte, error) { return []byte(`"` + zeros + `"`), nil }

// UnmarshalJSON takes any value: ReadJSON has looked at it.
func (*Seal) UnmarshalJSON([]byte) error { return nil }

// sealOf returns where the digits of a file's seal stand; ok is false where it
// has none.
func sealOf(b []byte) (at int, ok bool) {
	at = bytes.Index(b, sealKey) + len(sealKey)
	return at, at >= len(sealKey) && at+len(zeros) <= len(b)
}

// seal fills in the seal of a file that has one.
func seal(b []byte) {
	if at, ok := sealOf(b); ok {
		sum := sha256.Sum256(b)
		hex.Encode(b[at:at+len(zeros)], sum[:])
	}
}

// checkSeal reports a file that was changed since it was sealed.
func checkSeal(b []byte) error {
	at, ok := sealOf(b)
	if !ok {
		return nil
	}
	plain := bytes.Clone(b)
	copy(plain[at:], zeros)
	sum := sha256.Sum256(plain)
	if hex.EncodeToString(sum[:]) != string(b[at:at+len(zeros)]) {
		return errors.New("was changed since it was written: it has another SHA-256 than it says (self_sha256)")
	}
	return nil
}
