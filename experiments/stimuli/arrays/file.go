package arrays

import (
	"archive/zip"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/experiments/diskfile"
)

// File is the arrays of a file, in their order. The file stays open as long as its
// arrays are used.
type File struct {
	Path   string
	Arrays []*Array
	file   *os.File
}

// Close closes the file. Its arrays cannot be read then, but for those that were
// unpacked.
func (f *File) Close() error { return f.file.Close() }

// Array returns the array of that name, nil if there is none.
func (f *File) Array(name string) *Array {
	for _, a := range f.Arrays {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Sound reads arrays that lie uncompressed in an npz file, and reports the first whose
// bytes are not those of its checksum (CRC-32). The checksum of a compressed array is
// compared when it is unpacked; other files have none.
func (f *File) Sound() error {
	for _, a := range f.Arrays {
		if a.sum == 0 { // a writer left it out
			continue
		}
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, a.member); err != nil {
			return a.Fault("%w", err)
		}
		if got := sum.Sum32(); got != a.sum {
			return a.Fault("found bytes of the checksum %08x, want %08x, that of the file: it is damaged; a fresh copy of the file would do", got, a.sum)
		}
		a.member.Seek(0, io.SeekStart) // the start is there
	}
	return nil
}

// inflation is how many bytes at most DEFLATE makes of one: its longest match has 258
// bytes and takes 2 bits.
const inflation = 1032

// announced reports a size that cannot come of so many packed bytes, or is more than
// is held.
func announced(size, packed int64) error {
	if size/inflation > packed {
		return fmt.Errorf("found %d bytes announced in %d compressed ones, more than those can hold", size, packed)
	}
	if size > MostHeld {
		return fmt.Errorf("found %d bytes that are compressed, want %d at most; uncompressed (numpy.savez) they are read in parts", size, int64(MostHeld))
	}
	return nil
}

// Open opens a file of any of the formats, which its name tells: .npz, .npy, and IDX
// otherwise, by gzip if the name ends in .gz. Errors name the file.
func Open(path string) (*File, error) {
	f, size, err := diskfile.Open(path, "a file of arrays")
	if err != nil {
		return nil, err
	}
	a, err := read(f, size, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &File{path, a, f}, nil
}

// read reads the headers of a file, the name of which is path.
func read(r io.ReaderAt, size int64, path string) ([]*Array, error) {
	switch filepath.Ext(path) {
	case ".npz":
		return readNPZ(r, size, path)
	case ".npy":
		name := strings.TrimSuffix(filepath.Base(path), ".npy")
		a, err := stored(r, 0, size, path, name)
		return []*Array{a}, err
	}
	a, err := readIDX(r, size, path)
	return []*Array{a}, err
}

// header reads the header of an npy array.
func header(r io.Reader, path, name string) (*Array, int64, error) {
	h, fortran, used, err := recording.ReadForeignHeader(r)
	a := &Array{Name: name, Type: h.Type, Shape: h.Shape, file: path}
	if err != nil {
		return nil, 0, a.Fault("%s", strings.TrimPrefix(err.Error(), "recording: "))
	}
	return a, used, a.check(fortran)
}

// stored is an npy array that lies uncompressed in size bytes from at.
func stored(r io.ReaderAt, at, size int64, path, name string) (*Array, error) {
	a, used, err := header(io.NewSectionReader(r, at, size), path, name)
	if err != nil {
		return nil, err
	}
	if a.length != size-used {
		return nil, a.Fault("found %d bytes, want %d for %s %v; the file is cut off or another one", size-used, a.length, a.Type, a.Shape)
	}
	a.data = io.NewSectionReader(r, at+used, a.length)
	return a, nil
}

// readNPZ reads the directory of an npz file, and the header of each array.
func readNPZ(r io.ReaderAt, size int64, path string) ([]*Array, error) {
	dir, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: found no whole npz file (%w), want one as numpy.savez writes it", path, err)
	}
	var list []*Array
	for _, member := range dir.File {
		name, ok := strings.CutSuffix(member.Name, ".npy")
		if !ok {
			continue
		}
		if slices.ContainsFunc(list, func(a *Array) bool { return a.Name == name }) {
			return nil, fmt.Errorf("%s: array %q is there twice", path, name)
		}
		a, err := readMember(r, size, member, path, name)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: found no arrays, want those that numpy.savez writes", path)
	}
	return list, nil
}

func readMember(r io.ReaderAt, size int64, member *zip.File, path, name string) (*Array, error) {
	fault := (&Array{Name: name, file: path}).Fault
	at, err := member.DataOffset()
	if err != nil {
		return nil, fault("%w", err)
	}
	length, packed := int64(member.UncompressedSize64), int64(member.CompressedSize64)
	if length < 0 || packed < 0 || at < 0 || at > size || packed > size-at {
		return nil, fault("found %d bytes announced from byte %d on, the file has %d", member.CompressedSize64, at, size)
	}
	if member.Method == zip.Store {
		if length != packed {
			return nil, fault("found %d bytes announced in %d uncompressed ones", length, packed)
		}
		a, err := stored(r, at, length, path, name)
		if err == nil {
			a.member, a.sum = io.NewSectionReader(r, at, length), member.CRC32
		}
		return a, err
	}
	if member.Method != zip.Deflate {
		return nil, fault("found compression %d, want none or DEFLATE, as numpy writes", member.Method)
	}
	if err := announced(length, packed); err != nil {
		return nil, fault("%w", err)
	}
	data, err := member.Open()
	if err != nil {
		return nil, fault("%w", err)
	}
	defer data.Close()
	a, used, err := header(data, path, name)
	if err != nil {
		return nil, err
	}
	if a.length != length-used {
		return nil, a.Fault("found %d bytes, want %d for %s %v", length-used, a.length, a.Type, a.Shape)
	}
	a.Held = a.length
	a.unpack = func() (io.ReadCloser, error) {
		data, err := member.Open()
		if err == nil {
			_, err = io.CopyN(io.Discard, data, used)
		}
		return data, err
	}
	return a, nil
}

// idxTypes are the types of elements by their code in an IDX file.
var idxTypes = map[byte]string{0x08: "|u1", 0x09: "|i1", 0x0b: ">i2", 0x0c: ">i4", 0x0d: ">f4", 0x0e: ">f8"}

// readIDX reads the header of an IDX file: two bytes of 0, the type, the number of axes,
// and the length of each axis in four bytes, the highest first.
func readIDX(r io.ReaderAt, size int64, path string) (*Array, error) {
	a := &Array{file: path}
	packed := strings.HasSuffix(path, ".gz")
	open := func() (io.ReadCloser, error) {
		if packed {
			return gzip.NewReader(io.NewSectionReader(r, 0, size))
		}
		return io.NopCloser(io.NewSectionReader(r, 0, size)), nil
	}
	data, err := open()
	if err != nil {
		return nil, a.Fault("found no whole gzip file: %w", err)
	}
	defer data.Close()
	var head [4]byte
	if _, err := io.ReadFull(data, head[:]); err != nil {
		return nil, a.Fault("found the end of the file in the header: %w", err)
	}
	typ, known := idxTypes[head[2]]
	if head[0] != 0 || head[1] != 0 || !known || head[3] < 1 || head[3] > 8 {
		return nil, a.Fault("found a file that begins with % x, want an IDX file: 00 00, a type (08 for bytes), the number of axes", head[:])
	}
	axes := make([]byte, 4*int(head[3]))
	if _, err := io.ReadFull(data, axes); err != nil {
		return nil, a.Fault("found the end of the file in the header: %w", err)
	}
	a.Type = typ
	for ; len(axes) > 0; axes = axes[4:] {
		a.Shape = append(a.Shape, int(binary.BigEndian.Uint32(axes)))
	}
	if err := a.check(false); err != nil {
		return nil, err
	}
	used := int64(4 + 4*len(a.Shape))
	if !packed {
		if a.length != size-used {
			return nil, a.Fault("found %d bytes, want %d for %v; the file is cut off or another one", size, a.length+used, a.Shape)
		}
		a.data = io.NewSectionReader(r, used, a.length)
		return a, nil
	}
	if err := announced(a.length, size); err != nil {
		return nil, a.Fault("%w", err)
	}
	a.Held = a.length
	a.unpack = func() (io.ReadCloser, error) {
		data, err := open()
		if err == nil {
			_, err = io.CopyN(io.Discard, data, used)
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return data, err
	}
	return a, nil
}
