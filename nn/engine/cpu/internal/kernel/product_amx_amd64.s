//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The assembler does not know the instructions of AMX: their bytes, with the
// operands in Intel's order. R is AX, CX or BX plus a row's step in DX, SI or DI.

#define LDTILECFG_AX BYTE $0xC4; BYTE $0xE2; BYTE $0x78; BYTE $0x49; BYTE $0x00
#define TILERELEASE BYTE $0xC4; BYTE $0xE2; BYTE $0x78; BYTE $0x49; BYTE $0xC0
#define TILEZERO(t) BYTE $0xC4; BYTE $0xE2; BYTE $0x7B; BYTE $0x49; BYTE $(0xC0+8*t)
#define TILELOADD(t, at) BYTE $0xC4; BYTE $0xE2; BYTE $0x7B; BYTE $0x4B; BYTE $(0x04+8*t); BYTE $at
#define TILELOADD64(t, at) BYTE $0xC4; BYTE $0xE2; BYTE $0x7B; BYTE $0x4B; BYTE $(0x44+8*t); BYTE $at; BYTE $64
#define TILESTORED(t, at) BYTE $0xC4; BYTE $0xE2; BYTE $0x7A; BYTE $0x4B; BYTE $(0x04+8*t); BYTE $at
#define TILESTORED64(t, at) BYTE $0xC4; BYTE $0xE2; BYTE $0x7A; BYTE $0x4B; BYTE $(0x44+8*t); BYTE $at; BYTE $64
#define TDPBF16PS(c, a, b) BYTE $0xC4; BYTE $0xE2; BYTE $((15-b)*8+2); BYTE $0x5C; BYTE $(0xC0+8*c+a)

#define AX_DI 0x38
#define CX_DI 0x39
#define AX_DX 0x10
#define CX_DX 0x11
#define BX_SI 0x33

// Tiles 0 to 3 are sums, of block 0 and then 1, each of columns 0 to 15 and
// then 16 to 31; 4 and 5 are A of both blocks, 6 and 7 B of both columns.

// SUMS0 and SUMS1 point AX and CX at the sums of a block.
#define SUMS0 \
	MOVQ product_c(R8), BX  \
	MOVQ 8(R13), AX         \
	LEAQ (BX)(AX*4), AX

#define SUMS1 \
	MOVQ 24(R13), CX    \
	LEAQ (BX)(CX*4), CX

// TERM0 and TERM1 point AX and CX at A, BX at B, of the term at R9.
#define TERM0 \
	MOVQ product_a(R8), BX  \
	MOVQ 0(R13), AX         \
	ADDQ 0(R9), AX          \
	LEAQ (BX)(AX*2), AX

#define TERM1 \
	MOVQ 16(R13), CX    \
	ADDQ 0(R9), CX      \
	LEAQ (BX)(CX*2), CX

#define TERMB \
	MOVQ product_b(R8), BX    \
	MOVQ 8(R9), R11           \
	LEAQ (BX)(R11*2), BX      \
	MOVQ product_chunks(R8), R11

#define TERMS \
	MOVQ product_terms(R8), R9   \
	MOVQ product_count(R8), R10

// func productAMX(p *product)
TEXT ·productAMX(SB), NOSPLIT, $0-8
	MOVQ p+0(FP), R8
	LEAQ product_config(R8), AX
	LDTILECFG_AX
	MOVQ product_aStep(R8), DX
	MOVQ product_bStep(R8), SI
	MOVQ product_cStep(R8), DI
	MOVQ product_blocks(R8), R13
	MOVQ product_left(R8), R12
	CMPQ product_wide(R8), $0
	JEQ  narrow

wide:
	CMPQ R12, $2
	JLT  wide1
	SUMS0
	SUMS1
	CMPQ product_add(R8), $0
	JEQ  zero22
	TILELOADD(0, AX_DI)
	TILELOADD64(1, AX_DI)
	TILELOADD(2, CX_DI)
	TILELOADD64(3, CX_DI)
	JMP  terms22

zero22:
	TILEZERO(0)
	TILEZERO(1)
	TILEZERO(2)
	TILEZERO(3)

terms22:
	TERMS

term22:
	TERM0
	TERM1
	TERMB

chunk22:
	TILELOADD(4, AX_DX)
	TILELOADD(6, BX_SI)
	TDPBF16PS(0, 4, 6)
	TILELOADD(5, CX_DX)
	TDPBF16PS(2, 5, 6)
	TILELOADD64(7, BX_SI)
	TDPBF16PS(1, 4, 7)
	TDPBF16PS(3, 5, 7)
	ADDQ product_aChunk(R8), AX
	ADDQ product_aChunk(R8), CX
	ADDQ product_bChunk(R8), BX
	DECQ R11
	JNE  chunk22
	ADDQ $16, R9
	DECQ R10
	JNE  term22
	SUMS0
	SUMS1
	TILESTORED(0, AX_DI)
	TILESTORED64(1, AX_DI)
	TILESTORED(2, CX_DI)
	TILESTORED64(3, CX_DI)
	ADDQ $32, R13
	SUBQ $2, R12
	JMP  wide

wide1:
	TESTQ R12, R12
	JEQ   done
	SUMS0
	CMPQ  product_add(R8), $0
	JEQ   zero12
	TILELOADD(0, AX_DI)
	TILELOADD64(1, AX_DI)
	JMP   terms12

zero12:
	TILEZERO(0)
	TILEZERO(1)

terms12:
	TERMS

term12:
	TERM0
	TERMB

chunk12:
	TILELOADD(4, AX_DX)
	TILELOADD(6, BX_SI)
	TDPBF16PS(0, 4, 6)
	TILELOADD64(7, BX_SI)
	TDPBF16PS(1, 4, 7)
	ADDQ product_aChunk(R8), AX
	ADDQ product_bChunk(R8), BX
	DECQ R11
	JNE  chunk12
	ADDQ $16, R9
	DECQ R10
	JNE  term12
	SUMS0
	TILESTORED(0, AX_DI)
	TILESTORED64(1, AX_DI)
	JMP  done

narrow:
	CMPQ R12, $2
	JLT  narrow1
	SUMS0
	SUMS1
	CMPQ product_add(R8), $0
	JEQ  zero21
	TILELOADD(0, AX_DI)
	TILELOADD(2, CX_DI)
	JMP  terms21

zero21:
	TILEZERO(0)
	TILEZERO(2)

terms21:
	TERMS

term21:
	TERM0
	TERM1
	TERMB

chunk21:
	TILELOADD(6, BX_SI)
	TILELOADD(4, AX_DX)
	TDPBF16PS(0, 4, 6)
	TILELOADD(5, CX_DX)
	TDPBF16PS(2, 5, 6)
	ADDQ product_aChunk(R8), AX
	ADDQ product_aChunk(R8), CX
	ADDQ product_bChunk(R8), BX
	DECQ R11
	JNE  chunk21
	ADDQ $16, R9
	DECQ R10
	JNE  term21
	SUMS0
	SUMS1
	TILESTORED(0, AX_DI)
	TILESTORED(2, CX_DI)
	ADDQ $32, R13
	SUBQ $2, R12
	JMP  narrow

narrow1:
	TESTQ R12, R12
	JEQ   done
	SUMS0
	CMPQ  product_add(R8), $0
	JEQ   zero11
	TILELOADD(0, AX_DI)
	JMP   terms11

zero11:
	TILEZERO(0)

terms11:
	TERMS

term11:
	TERM0
	TERMB

chunk11:
	TILELOADD(4, AX_DX)
	TILELOADD(6, BX_SI)
	TDPBF16PS(0, 4, 6)
	ADDQ product_aChunk(R8), AX
	ADDQ product_bChunk(R8), BX
	DECQ R11
	JNE  chunk11
	ADDQ $16, R9
	DECQ R10
	JNE  term11
	SUMS0
	TILESTORED(0, AX_DI)

done:
	TILERELEASE
	RET
