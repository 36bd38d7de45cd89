// Package picture decodes image files whose content nobody vouches for, and brings
// them to the size that a network sees.
//
// Decode takes a file's bytes, Read its path. Both find the kind by content, limit
// the size before they decode, and give 8-bit pixels the right way up.
package picture
