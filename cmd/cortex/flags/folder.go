package flags

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// FolderName makes a name of one folder of what a run is called.
func FolderName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\\:*?"<>| `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
	if clean = strings.Trim(clean, ".-"); clean == "" {
		return "run"
	}
	if len(clean) > longestName {
		sum := sha256.Sum256([]byte(name))
		clean = strings.ToValidUTF8(clean[:longestName-9], "") + "-" + hex.EncodeToString(sum[:4])
	}
	return clean
}

// longestName is the most bytes of a folder's name that is made of others: file
// systems have 255, and people read it.
const longestName = 64
