//go:build !purego

package kernel

import "syscall"

// allowTiles asks Linux for the tiles of AMX, once for all threads of the
// process: arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA).
func allowTiles() bool {
	_, _, errno := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, 0x1023, 18, 0)
	return errno == 0
}
