package cpu

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// mapPages returns n bytes of zeros that begin on a page.
func mapPages(n int) ([]byte, error) {
	at, err := windows.VirtualAlloc(0, uintptr(n), windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), n), nil
}

// unmapPages gives b back.
func unmapPages(b []byte) {
	windows.VirtualFree(uintptr(unsafe.Pointer(unsafe.SliceData(b))), 0, windows.MEM_RELEASE)
}
