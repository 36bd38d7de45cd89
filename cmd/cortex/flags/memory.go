package flags

import (
	"fmt"
	"os"
	"strings"
)

// MemoryLimit returns the bytes that the engine may take: what was asked for,
// or nine tenths of what the system has to give, 0 where it does not tell.
func (c *Choice) MemoryLimit() int64 {
	if c.MemoryMiB > 0 {
		return int64(c.MemoryMiB) << 20
	}
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	return available(string(b)) / 10 * 9
}

// available reads the available memory, in bytes, from Linux's /proc/meminfo.
func available(text string) int64 {
	for _, line := range strings.Split(text, "\n") {
		var kib int64
		if n, _ := fmt.Sscanf(line, "MemAvailable: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}
