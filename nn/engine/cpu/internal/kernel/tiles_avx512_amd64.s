//go:build amd64 && !purego

#include "textflag.h"

// The transforms of Tiles, 16 channels of a tile at a time. SI is the image's
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

// TILES_NEXT goes on to the next 16 channels.
#define TILES_NEXT \
	ADDQ $64, SI \
	ADDQ $64, DI \
	SUBQ $64, R13

// func analyseAVX512(image, parts *float32, count, channels, row, step int)
//
// parts of 4×4 pixels
TEXT ·analyseAVX512(SB), NOSPLIT, $0-48
	TILES_ARGS

tile: // for range count
	MOVQ R9, R13

channels: // for range channels/16

	MOVQ SI, AX
	VMOVUPS (AX), Z0
	VMOVUPS (AX)(R9*1), Z1
	VMOVUPS (AX)(R9*2), Z2
	VMOVUPS (AX)(R12*1), Z3
	ADDQ R10, AX
	VMOVUPS (AX), Z4
	VMOVUPS (AX)(R9*1), Z5
	VMOVUPS (AX)(R9*2), Z6
	VMOVUPS (AX)(R12*1), Z7
	ADDQ R10, AX
	VMOVUPS (AX), Z8
	VMOVUPS (AX)(R9*1), Z9
	VMOVUPS (AX)(R9*2), Z10
	VMOVUPS (AX)(R12*1), Z11
	ADDQ R10, AX
	VMOVUPS (AX), Z12
	VMOVUPS (AX)(R9*1), Z13
	VMOVUPS (AX)(R9*2), Z14
	VMOVUPS (AX)(R12*1), Z15
	// column 0: d0-d2, d1+d2, d2-d1, d1-d3
	VSUBPS Z8, Z0, Z0
	VADDPS Z8, Z4, Z16
	VSUBPS Z12, Z4, Z12
	VSUBPS Z4, Z8, Z8
	// column 1: d0-d2, d1+d2, d2-d1, d1-d3
	VSUBPS Z9, Z1, Z1
	VADDPS Z9, Z5, Z17
	VSUBPS Z13, Z5, Z13
	VSUBPS Z5, Z9, Z9
	// column 2: d0-d2, d1+d2, d2-d1, d1-d3
	VSUBPS Z10, Z2, Z2
	VADDPS Z10, Z6, Z18
	VSUBPS Z14, Z6, Z14
	VSUBPS Z6, Z10, Z10
	// column 3: d0-d2, d1+d2, d2-d1, d1-d3
	VSUBPS Z11, Z3, Z3
	VADDPS Z11, Z7, Z19
	VSUBPS Z15, Z7, Z15
	VSUBPS Z7, Z11, Z11
	// row 0: the same
	VSUBPS Z2, Z0, Z0
	VADDPS Z2, Z1, Z4
	VSUBPS Z3, Z1, Z3
	VSUBPS Z1, Z2, Z2
	// row 1: the same
	VSUBPS Z18, Z16, Z16
	VADDPS Z18, Z17, Z5
	VSUBPS Z19, Z17, Z19
	VSUBPS Z17, Z18, Z18
	// row 2: the same
	VSUBPS Z10, Z8, Z8
	VADDPS Z10, Z9, Z6
	VSUBPS Z11, Z9, Z11
	VSUBPS Z9, Z10, Z10
	// row 3: the same
	VSUBPS Z14, Z12, Z12
	VADDPS Z14, Z13, Z7
	VSUBPS Z15, Z13, Z15
	VSUBPS Z13, Z14, Z14
	MOVQ DI, AX
	VMOVUPS Z0, (AX)
	ADDQ R11, AX
	VMOVUPS Z4, (AX)
	ADDQ R11, AX
	VMOVUPS Z2, (AX)
	ADDQ R11, AX
	VMOVUPS Z3, (AX)
	ADDQ R11, AX
	VMOVUPS Z16, (AX)
	ADDQ R11, AX
	VMOVUPS Z5, (AX)
	ADDQ R11, AX
	VMOVUPS Z18, (AX)
	ADDQ R11, AX
	VMOVUPS Z19, (AX)
	ADDQ R11, AX
	VMOVUPS Z8, (AX)
	ADDQ R11, AX
	VMOVUPS Z6, (AX)
	ADDQ R11, AX
	VMOVUPS Z10, (AX)
	ADDQ R11, AX
	VMOVUPS Z11, (AX)
	ADDQ R11, AX
	VMOVUPS Z12, (AX)
	ADDQ R11, AX
	VMOVUPS Z7, (AX)
	ADDQ R11, AX
	VMOVUPS Z14, (AX)
	ADDQ R11, AX
	VMOVUPS Z15, (AX)

	TILES_NEXT
	JNZ channels

	ADDQ R9, SI // two pixels a tile
	DECQ R8
	JNZ  tile

	VZEROUPPER
	RET

// func synthesiseAVX512(image, parts *float32, count, channels, row, step int)
//
// 2×2 pixels of parts
TEXT ·synthesiseAVX512(SB), NOSPLIT, $0-48
	TILES_ARGS

tile: // for range count
	MOVQ R9, R13

channels: // for range channels/16

	MOVQ DI, AX
	VMOVUPS (AX), Z0
	ADDQ R11, AX
	VMOVUPS (AX), Z1
	ADDQ R11, AX
	VMOVUPS (AX), Z2
	ADDQ R11, AX
	VMOVUPS (AX), Z3
	ADDQ R11, AX
	VMOVUPS (AX), Z4
	ADDQ R11, AX
	VMOVUPS (AX), Z5
	ADDQ R11, AX
	VMOVUPS (AX), Z6
	ADDQ R11, AX
	VMOVUPS (AX), Z7
	ADDQ R11, AX
	VMOVUPS (AX), Z8
	ADDQ R11, AX
	VMOVUPS (AX), Z9
	ADDQ R11, AX
	VMOVUPS (AX), Z10
	ADDQ R11, AX
	VMOVUPS (AX), Z11
	ADDQ R11, AX
	VMOVUPS (AX), Z12
	ADDQ R11, AX
	VMOVUPS (AX), Z13
	ADDQ R11, AX
	VMOVUPS (AX), Z14
	ADDQ R11, AX
	VMOVUPS (AX), Z15
	// column 0: m0+m1+m2, m1-m2-m3
	VADDPS Z4, Z0, Z0
	VADDPS Z8, Z0, Z0
	VSUBPS Z8, Z4, Z4
	VSUBPS Z12, Z4, Z4
	// column 1: m0+m1+m2, m1-m2-m3
	VADDPS Z5, Z1, Z1
	VADDPS Z9, Z1, Z1
	VSUBPS Z9, Z5, Z5
	VSUBPS Z13, Z5, Z5
	// column 2: m0+m1+m2, m1-m2-m3
	VADDPS Z6, Z2, Z2
	VADDPS Z10, Z2, Z2
	VSUBPS Z10, Z6, Z6
	VSUBPS Z14, Z6, Z6
	// column 3: m0+m1+m2, m1-m2-m3
	VADDPS Z7, Z3, Z3
	VADDPS Z11, Z3, Z3
	VSUBPS Z11, Z7, Z7
	VSUBPS Z15, Z7, Z7
	MOVQ SI, AX
	// row 0: the same
	VADDPS Z1, Z0, Z0
	VADDPS Z2, Z0, Z0
	VSUBPS Z2, Z1, Z1
	VSUBPS Z3, Z1, Z1
	VMOVUPS Z0, (AX)
	VMOVUPS Z1, (AX)(R9*1)
	ADDQ R10, AX
	// row 1: the same
	VADDPS Z5, Z4, Z4
	VADDPS Z6, Z4, Z4
	VSUBPS Z6, Z5, Z5
	VSUBPS Z7, Z5, Z5
	VMOVUPS Z4, (AX)
	VMOVUPS Z5, (AX)(R9*1)

	TILES_NEXT
	JNZ channels

	ADDQ R9, SI // two pixels a tile
	DECQ R8
	JNZ  tile

	VZEROUPPER
	RET

// func spreadAVX512(image, parts *float32, count, channels, row, step int)
//
// parts of 2×2 pixels
TEXT ·spreadAVX512(SB), NOSPLIT, $0-48
	TILES_ARGS

tile: // for range count
	MOVQ R9, R13

channels: // for range channels/16

	VPXORQ Z31, Z31, Z31
	VMOVUPS (SI), Z0 // a
	VMOVUPS (SI)(R9*1), Z1 // b
	LEAQ (SI)(R10*1), AX
	VMOVUPS (AX), Z2 // c
	VMOVUPS (AX)(R9*1), Z3 // d
	VADDPS Z2, Z0, Z4
	VADDPS Z3, Z1, Z5
	VSUBPS Z2, Z0, Z6
	VSUBPS Z3, Z1, Z7
	VSUBPS Z2, Z31, Z8
	VSUBPS Z3, Z31, Z9
	MOVQ DI, AX
	// e, f = a, b: e, e+f, e-f, -f
	VADDPS Z1, Z0, Z10
	VSUBPS Z1, Z0, Z11
	VSUBPS Z1, Z31, Z12
	VMOVUPS Z0, (AX)
	ADDQ R11, AX
	VMOVUPS Z10, (AX)
	ADDQ R11, AX
	VMOVUPS Z11, (AX)
	ADDQ R11, AX
	VMOVUPS Z12, (AX)
	ADDQ R11, AX
	// e, f = a+c, b+d: e, e+f, e-f, -f
	VADDPS Z5, Z4, Z13
	VSUBPS Z5, Z4, Z14
	VSUBPS Z5, Z31, Z15
	VMOVUPS Z4, (AX)
	ADDQ R11, AX
	VMOVUPS Z13, (AX)
	ADDQ R11, AX
	VMOVUPS Z14, (AX)
	ADDQ R11, AX
	VMOVUPS Z15, (AX)
	ADDQ R11, AX
	// e, f = a-c, b-d: e, e+f, e-f, -f
	VADDPS Z7, Z6, Z16
	VSUBPS Z7, Z6, Z17
	VSUBPS Z7, Z31, Z18
	VMOVUPS Z6, (AX)
	ADDQ R11, AX
	VMOVUPS Z16, (AX)
	ADDQ R11, AX
	VMOVUPS Z17, (AX)
	ADDQ R11, AX
	VMOVUPS Z18, (AX)
	ADDQ R11, AX
	// e, f = -c, -d: e, e+f, e-f, -f
	VADDPS Z9, Z8, Z19
	VSUBPS Z9, Z8, Z20
	VSUBPS Z9, Z31, Z21
	VMOVUPS Z8, (AX)
	ADDQ R11, AX
	VMOVUPS Z19, (AX)
	ADDQ R11, AX
	VMOVUPS Z20, (AX)
	ADDQ R11, AX
	VMOVUPS Z21, (AX)

	TILES_NEXT
	JNZ channels

	ADDQ R9, SI // two pixels a tile
	DECQ R8
	JNZ  tile

	VZEROUPPER
	RET
