//go:build amd64 && !purego

#include "textflag.h"

// The transforms of Tiles, 8 channels of a tile at a time. SI is the image's
// row of pixels, DI the parts; R13 counts channels.

// TILES_ARGS loads the arguments; steps become bytes.
#define TILES_ARGS \
	MOVQ image+0(FP), SI \
	MOVQ parts+8(FP), DI \
	MOVQ count+16(FP), R8 \
	MOVQ channels+24(FP), R9 \
	MOVQ row+32(FP), R10 \
	MOVQ step+40(FP), R11 \
	SHLQ $2, R9 \
	SHLQ $2, R10 \
	SHLQ $2, R11 \
	LEAQ (R9)(R9*2), R12 // three pixels

// TILES_NEXT goes on to the next 8 channels.
#define TILES_NEXT \
	ADDQ $32, SI \
	ADDQ $32, DI \
	SUBQ $32, R13

// PUT stores a part and goes on to the next.
#define PUT(part) \
	VMOVUPS part, (AX) \
	ADDQ R11, AX

// ROW stores the parts e-g, f+g, g-f, f-h of a row of sums e, f, g, h.
#define ROW \
	VSUBPS Y10, Y8, Y12 \
	VADDPS Y10, Y9, Y13 \
	VSUBPS Y9, Y10, Y14 \
	VSUBPS Y11, Y9, Y15 \
	PUT(Y12) \
	PUT(Y13) \
	PUT(Y14) \
	PUT(Y15)

// COLUMN leaves the sums m0+m1+m2 and m1-m2-m3 of a column of parts, from AX on
// down, in s and d, and goes on to the next column.
#define COLUMN(s, d) \
	VMOVUPS (AX)(R11*4), Y8 \
	VMOVUPS (AX)(R11*8), Y9 \
	VADDPS (AX), Y8, s \
	VADDPS Y9, s, s \
	VSUBPS Y9, Y8, d \
	VSUBPS (AX)(BX*4), d, d \
	ADDQ R11, AX

// SPREAD stores the parts e, e+f, e-f, -f; Y15 is zero.
#define SPREAD(e, f) \
	VADDPS f, e, Y12 \
	VSUBPS f, e, Y13 \
	VSUBPS f, Y15, Y14 \
	PUT(e) \
	PUT(Y12) \
	PUT(Y13) \
	PUT(Y14)

// func analyseAVX2(image, parts *float32, count, channels, row, step int)
//
// parts of 4×4 pixels: Y0 to Y3 are row 1, Y4 to Y7 row 2
TEXT ·analyseAVX2(SB), NOSPLIT, $0-48
	TILES_ARGS

tile: // for range count
	MOVQ R9, R13

channels: // for range channels/8
	LEAQ (SI)(R10*1), BX
	VMOVUPS (BX), Y0
	VMOVUPS (BX)(R9*1), Y1
	VMOVUPS (BX)(R9*2), Y2
	VMOVUPS (BX)(R12*1), Y3
	ADDQ R10, BX
	VMOVUPS (BX), Y4
	VMOVUPS (BX)(R9*1), Y5
	VMOVUPS (BX)(R9*2), Y6
	VMOVUPS (BX)(R12*1), Y7
	MOVQ DI, AX
	MOVQ SI, BX // row 0 - row 2
	VMOVUPS (BX), Y8
	VMOVUPS (BX)(R9*1), Y9
	VMOVUPS (BX)(R9*2), Y10
	VMOVUPS (BX)(R12*1), Y11
	VSUBPS Y4, Y8, Y8
	VSUBPS Y5, Y9, Y9
	VSUBPS Y6, Y10, Y10
	VSUBPS Y7, Y11, Y11
	ROW
	// row 1 + row 2
	VADDPS Y4, Y0, Y8
	VADDPS Y5, Y1, Y9
	VADDPS Y6, Y2, Y10
	VADDPS Y7, Y3, Y11
	ROW
	// row 2 - row 1
	VSUBPS Y0, Y4, Y8
	VSUBPS Y1, Y5, Y9
	VSUBPS Y2, Y6, Y10
	VSUBPS Y3, Y7, Y11
	ROW
	LEAQ (SI)(R10*2), BX // row 1 - row 3
	ADDQ R10, BX
	VSUBPS (BX), Y0, Y8
	VSUBPS (BX)(R9*1), Y1, Y9
	VSUBPS (BX)(R9*2), Y2, Y10
	VSUBPS (BX)(R12*1), Y3, Y11
	ROW

	TILES_NEXT
	JNZ channels

	ADDQ R9, SI // two pixels a tile
	DECQ R8
	JNZ  tile

	VZEROUPPER
	RET

// func synthesiseAVX2(image, parts *float32, count, channels, row, step int)
//
// 2×2 pixels of parts
TEXT ·synthesiseAVX2(SB), NOSPLIT, $0-48
	TILES_ARGS
	LEAQ (R11)(R11*2), BX // 3 steps

tile: // for range count
	MOVQ R9, R13

channels: // for range channels/8
	MOVQ DI, AX
	COLUMN(Y0, Y4)
	COLUMN(Y1, Y5)
	COLUMN(Y2, Y6)
	COLUMN(Y3, Y7)
	VADDPS Y1, Y0, Y8 // row 0: the same
	VADDPS Y2, Y8, Y8
	VSUBPS Y2, Y1, Y9
	VSUBPS Y3, Y9, Y9
	VMOVUPS Y8, (SI)
	VMOVUPS Y9, (SI)(R9*1)
	VADDPS Y5, Y4, Y8 // row 1: the same
	VADDPS Y6, Y8, Y8
	VSUBPS Y6, Y5, Y9
	VSUBPS Y7, Y9, Y9
	VMOVUPS Y8, (SI)(R10*1)
	LEAQ (SI)(R10*1), AX
	VMOVUPS Y9, (AX)(R9*1)

	TILES_NEXT
	JNZ channels

	ADDQ R9, SI // two pixels a tile
	DECQ R8
	JNZ  tile

	VZEROUPPER
	RET

// func spreadAVX2(image, parts *float32, count, channels, row, step int)
//
// parts of 2×2 pixels
TEXT ·spreadAVX2(SB), NOSPLIT, $0-48
	TILES_ARGS
	VXORPS Y15, Y15, Y15

tile: // for range count
	MOVQ R9, R13

channels: // for range channels/8
	VMOVUPS (SI), Y0 // a
	VMOVUPS (SI)(R9*1), Y1 // b
	LEAQ (SI)(R10*1), AX
	VMOVUPS (AX), Y2 // c
	VMOVUPS (AX)(R9*1), Y3 // d
	VADDPS Y2, Y0, Y4
	VADDPS Y3, Y1, Y5
	VSUBPS Y2, Y0, Y6
	VSUBPS Y3, Y1, Y7
	VSUBPS Y2, Y15, Y8
	VSUBPS Y3, Y15, Y9
	MOVQ DI, AX
	SPREAD(Y0, Y1)
	SPREAD(Y4, Y5) // a+c, b+d
	SPREAD(Y6, Y7) // a-c, b-d
	SPREAD(Y8, Y9) // -c, -d

	TILES_NEXT
	JNZ channels

	ADDQ R9, SI // two pixels a tile
	DECQ R8
	JNZ  tile

	VZEROUPPER
	RET
