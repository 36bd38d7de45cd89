package pack

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// castagnoli is the polynomial of CRC-32C, which processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// builder makes the files of a pack in its folder, which is locked.
type builder struct {
	src    Source
	o      *Options
	about  About
	folder string
	line   *conveyor

	unlocked bool      // the file system has no locks: others may build it, too
	noted    time.Time // when the progress was written last
	kept     *made     // decoded, and too large for the shard before
	done     int       // images
}

// build makes the pack whole. Shards that are finished stay.
func (b *builder) build() error {
	if err := b.begin(); err != nil {
		return err
	}
	defer b.stop()
	x := index{About: b.about}
	planned := false
	for b.done < b.src.Len() {
		k := len(x.Shards)
		s, err := b.finished(k)
		if err != nil {
			if !planned {
				if err := b.plan(); err != nil {
					return err
				}
				planned = true
			}
			if s, err = b.shard(k); err != nil {
				return err
			}
		}
		x.Shards = append(x.Shards, s)
		x.Bytes += s.Bytes
		b.done = s.First + s.Images
		b.progress(b.done)
	}
	text, err := x.sealed()
	if err != nil {
		return err
	}
	if err := b.clean(len(x.Shards)); err != nil {
		return err
	}
	return writeBytes(b.folder, "index.json", text)
}

// begin says what the pack will be of, and takes away what vouches for it.
func (b *builder) begin() error {
	if err := os.Remove(filepath.Join(b.folder, "index.json")); err != nil && !isMissing(err) {
		return err
	}
	Moment()
	text, err := json.MarshalIndent(b.about, "", " ")
	if err != nil {
		return err
	}
	return writeBytes(b.folder, "about.json", text)
}

// finished returns a shard that an earlier process finished, if it is the next one.
func (b *builder) finished(k int) (shard, error) {
	s, entries, err := readShard(b.folder, k)
	if err != nil {
		return s, err
	}
	if s.First != b.done || s.Images < 1 || s.First+s.Images > b.src.Len() {
		return s, errors.New("is of other images")
	}
	for i, e := range entries {
		if e.id != b.src.ID(s.First+i) {
			return s, errors.New("is of other images")
		}
	}
	if b.o.Thorough {
		sum, err := fileSum(filepath.Join(b.folder, pixelsFile(k)))
		if err != nil || sum != s.SHA256 {
			return s, errors.New("is damaged")
		}
	}
	return s, nil
}

// shard writes the shard of the images from b.done on.
func (b *builder) shard(k int) (s shard, err error) {
	s.First = b.done
	if err := os.Remove(filepath.Join(b.folder, tableFile(k))); err != nil && !isMissing(err) {
		return s, err
	}
	var entries []entry
	err = writeWhole(b.folder, pixelsFile(k), func(f *os.File) error {
		w, h := bufio.NewWriterSize(f, 1<<20), sha256.New()
		for i := s.First; i < b.src.Len(); i++ {
			if err := b.o.cancelled(); err != nil {
				return err
			}
			m, err := b.next(i)
			if err != nil {
				return err
			}
			p := m.picture
			if s.Bytes > 0 && s.Bytes+int64(len(p.Pixels)) > b.o.shardBytes() {
				b.kept = &m
				break
			}
			h.Write(p.Pixels)
			if _, err := w.Write(p.Pixels); err != nil {
				return err
			}
			entries = append(entries, entry{offset: s.Bytes, height: int32(p.Height), width: int32(p.Width), channels: int32(p.Channels),
				check: crc32.Checksum(p.Pixels, castagnoli), id: b.src.ID(i)})
			s.Bytes += int64(len(p.Pixels))
			s.Images++
			b.progress(i + 1)
		}
		s.SHA256 = hex.EncodeToString(h.Sum(nil))
		return w.Flush()
	})
	if err != nil {
		return s, err
	}
	text := table(s, entries)
	s.Index = sumOf(text)
	return s, writeBytes(b.folder, tableFile(k), text)
}

// next returns image i, which follows the one before unless shards in between were
// finished. An image that cannot be decoded is an error.
func (b *builder) next(i int) (made, error) {
	if b.kept != nil && b.line.at == i+1 {
		m := *b.kept
		b.kept = nil
		return m, nil
	}
	if b.kept = nil; b.line == nil || b.line.at != i {
		b.stop()
		b.line = newConveyor(b.src, i, b.o.workers())
	}
	m := b.line.next()
	if m.err != nil {
		return m, &ImageError{b.src.ID(i), m.err}
	}
	return m, nil
}

func (b *builder) stop() {
	if b.line != nil {
		b.line.end()
		b.line = nil
	}
}

// progress tells how many images are done: here, and to processes that wait.
func (b *builder) progress(done int) {
	b.o.report(done, b.src.Len())
	if now := time.Now(); now.Sub(b.noted) > time.Second {
		b.noted = now
		os.WriteFile(filepath.Join(b.folder, progressFile), []byte(strconv.Itoa(done)), 0o644) // nothing depends on it
	}
}

// clean removes what killed processes and packs of more shards left.
func (b *builder) clean(shards int) error {
	list, err := os.ReadDir(b.folder)
	if err != nil {
		return err
	}
	for _, f := range list {
		var k int
		n, _ := fmt.Sscanf(f.Name(), "shard-%05d.", &k)
		if strings.HasPrefix(f.Name(), temporary) && !b.unlocked || n == 1 && k >= shards || f.Name() == progressFile {
			if err := os.Remove(filepath.Join(b.folder, f.Name())); err != nil && !isMissing(err) {
				return err
			}
		}
	}
	return nil
}

// ImageError is an image that could not be decoded while a pack was built.
type ImageError struct {
	ID  string
	Err error
}

// Error implements error.
func (e *ImageError) Error() string { return fmt.Sprintf("%s: %v", e.ID, e.Err) }

// Unwrap returns Err.
func (e *ImageError) Unwrap() error { return e.Err }
