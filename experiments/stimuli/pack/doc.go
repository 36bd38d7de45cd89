// Package pack keeps images decoded, so that compressed files are decoded once and
// read by every process after that.
//
// A pack lies in a folder packs/HASH of the cache. HASH is of the names and the
// content of the images, and of how they were decoded. Pixels are bytes in shards:
//
//	shard-00000.u8    pixels (image, y, x, channel), nothing between images
//	shard-00000.tsv   where each image lies, its size, its CRC-32C and its name;
//	                  the first line tells the shard's SHA-256
//	index.json        the shards; written last, so that it makes the pack whole
//	about.json        what the pack is of; written first
//	kept-*            what was computed from the images once
//	.lock             is locked by whoever builds, reads or removes
//
// [Open] returns a pack, and builds it where it is not whole. One process builds;
// others wait. Shards that were finished before a process was killed are kept. A
// pack's bytes depend on the images alone, not on how often it was interrupted.
//
// Every image that is read is compared with its CRC-32C. [Verify] compares whole
// shards with their SHA-256.
package pack
