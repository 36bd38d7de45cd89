//go:build !purego

#include "textflag.h"

// CONSTANTS loads 1, 0x7fff, 0x40, 0x3f, the mask of 17 bits and that of the exponent.
#define CONSTANTS \
	MOVL         $1, AX           \
	VPBROADCASTD AX, Z31          \
	MOVL         $0x7fff, AX      \
	VPBROADCASTD AX, Z30          \
	MOVL         $0x40, AX        \
	VPBROADCASTD AX, Z29          \
	MOVL         $0x3f, AX        \
	VPBROADCASTD AX, Z28          \
	MOVL         $0xffffff80, AX  \
	VPBROADCASTD AX, Z27          \
	MOVL         $0x7f800000, AX  \
	VPBROADCASTD AX, Z26

// UPPER rounds X to bfloat16 in the low half of R: adds half of the last bit
// that stays, less one unless that bit is set. NaN stays NaN.
#define UPPER(X, R) \
	VPSRLD $16, X, R      \
	VCMPPS $3, X, X, K5   \
	VPANDD Z31, R, R      \
	VPADDD X, R, R        \
	VPADDD Z30, R, R      \
	VPSRLD $16, R, R      \
	VPSRLD $16, X, K5, R  \
	VPORD  Z29, R, K5, R

// SPLIT rounds X to 17 bits, in T, and cuts it into HI and LO, which is 0 where
// HI is not finite. X is lost.
#define SPLIT(X, HI, LO, T) \
	VPANDD      Z26, X, T     \
	VPCMPEQD    Z26, T, K4    \
	VPSRLD      $7, X, T      \
	VPANDD      Z31, T, T     \
	VPADDD      X, T, T       \
	VPADDD      Z28, T, T     \
	VPANDD      Z27, T, T     \
	VMOVDQA32   X, K4, T      \
	UPPER(T, HI)              \
	VPSLLD      $16, HI, LO   \
	VPANDD      Z26, LO, X    \
	VPCMPEQD    Z26, X, K4    \
	VSUBPS      LO, T, T      \
	UPPER(T, LO)              \
	KNOTW       K4, K4        \
	VMOVDQA32.Z LO, K4, LO

// func narrowAVX512(hi, lo *uint16, x *float32, n int)
TEXT ·narrowAVX512(SB), NOSPLIT, $0-32
	MOVQ hi+0(FP), DI
	MOVQ lo+8(FP), DX
	MOVQ x+16(FP), SI
	MOVQ n+24(FP), CX
	CONSTANTS
	MOVL $0xffff, AX
	KMOVW AX, K1

loop:
	CMPQ CX, $16
	JGE  full
	TESTQ CX, CX
	JEQ  done
	MOVL $1, AX
	SHLL CX, AX
	DECL AX
	KMOVW AX, K1

full:
	VMOVUPS.Z (SI), K1, Z0
	TESTQ     DX, DX
	JNE       split
	UPPER(Z0, Z1)
	JMP       store

split:
	SPLIT(Z0, Z1, Z2, Z3)
	VPMOVDW   Z2, Y2
	VMOVDQU16 Y2, K1, (DX)
	ADDQ      $32, DX

store:
	VPMOVDW   Z1, Y1
	VMOVDQU16 Y1, K1, (DI)
	ADDQ      $32, DI
	ADDQ      $64, SI
	SUBQ      $16, CX
	JGT       loop

done:
	VZEROUPPER
	RET

// func narrowPairsAVX512(hi, lo *uint16, x, y *float32, n int)
TEXT ·narrowPairsAVX512(SB), NOSPLIT, $0-40
	MOVQ hi+0(FP), DI
	MOVQ lo+8(FP), DX
	MOVQ x+16(FP), SI
	MOVQ y+24(FP), R8
	MOVQ n+32(FP), CX
	CONSTANTS
	MOVL $0xffff, AX
	KMOVW AX, K1

loop:
	CMPQ CX, $16
	JGE  full
	TESTQ CX, CX
	JEQ  done
	MOVL $1, AX
	SHLL CX, AX
	DECL AX
	KMOVW AX, K1

full:
	VMOVUPS.Z (SI), K1, Z0
	VMOVUPS.Z (R8), K1, Z4
	TESTQ     DX, DX
	JNE       split
	UPPER(Z0, Z1)
	UPPER(Z4, Z5)
	JMP       store

split:
	SPLIT(Z0, Z1, Z2, Z3)
	SPLIT(Z4, Z5, Z6, Z3)
	VPSLLD    $16, Z6, Z6
	VPORD     Z6, Z2, Z2
	VMOVDQU32 Z2, K1, (DX)
	ADDQ      $64, DX

store:
	VPSLLD    $16, Z5, Z5
	VPORD     Z5, Z1, Z1
	VMOVDQU32 Z1, K1, (DI)
	ADDQ      $64, DI
	ADDQ      $64, SI
	ADDQ      $64, R8
	SUBQ      $16, CX
	JGT       loop

done:
	VZEROUPPER
	RET

// FOUR turns rows A, B, C and D: lane l of each becomes element 4·l + 0, 1, 2
// and 3 of the four.
#define FOUR(A, B, C, D) \
	VPUNPCKLDQ  B, A, Z16    \
	VPUNPCKHDQ  B, A, Z17    \
	VPUNPCKLDQ  D, C, Z18    \
	VPUNPCKHDQ  D, C, Z19    \
	VPUNPCKLQDQ Z18, Z16, A  \
	VPUNPCKHQDQ Z18, Z16, B  \
	VPUNPCKLQDQ Z19, Z17, C  \
	VPUNPCKHQDQ Z19, Z17, D

// LANES stores the four rows that lanes 0 to 3 of A, B, C and D make, four rows apart.
#define LANES(A, B, C, D, at) \
	VSHUFI32X4 $0x44, B, A, Z16     \
	VSHUFI32X4 $0xee, B, A, Z17     \
	VSHUFI32X4 $0x44, D, C, Z18     \
	VSHUFI32X4 $0xee, D, C, Z19     \
	VSHUFI32X4 $0x88, Z18, Z16, Z20 \
	VMOVDQU32  Z20, (at+0*256)(R12)   \
	VSHUFI32X4 $0xdd, Z18, Z16, Z20 \
	VMOVDQU32  Z20, (at+1*256)(R12)   \
	VSHUFI32X4 $0x88, Z19, Z17, Z20 \
	VMOVDQU32  Z20, (at+2*256)(R12)   \
	VSHUFI32X4 $0xdd, Z19, Z17, Z20 \
	VMOVDQU32  Z20, (at+3*256)(R12)

// func narrowTurnedAVX512(hi, lo *uint16, x *float32, pixels, channels, step, pitch int)
//
// Up to 32 pixels of up to 16 channels: pairs of pixels are rows of dwords in
// the frame, high parts first, which are turned there and then stored.
TEXT ·narrowTurnedAVX512(SB), 0, $2048-56
	MOVQ hi+0(FP), DI
	MOVQ lo+8(FP), DX
	MOVQ x+16(FP), SI
	MOVQ pixels+24(FP), CX
	MOVQ channels+32(FP), R9
	MOVQ step+40(FP), R10
	SHLQ $2, R10
	MOVQ pitch+48(FP), R11
	SHLQ $1, R11
	CONSTANTS
	MOVQ CX, R13           // pixels
	MOVQ R9, CX
	MOVL $1, AX
	SHLL CX, AX
	DECL AX
	KMOVW AX, K1           // of channels
	MOVQ R13, CX
	MOVQ $1, AX
	SHLQ CX, AX
	DECQ AX
	KMOVD AX, K2           // of pixels
	LEAQ buffer-2048(SP), R12
	MOVQ R12, R8
	MOVQ $16, BX

pair:
	VPXORD Z0, Z0, Z0
	VPXORD Z4, Z4, Z4
	TESTQ  CX, CX
	JLE    beyond
	VMOVUPS.Z (SI), K1, Z0
	CMPQ   CX, $2
	JLT    beyond
	VMOVUPS.Z (SI)(R10*1), K1, Z4

beyond:
	TESTQ DX, DX
	JNE   split
	UPPER(Z0, Z1)
	UPPER(Z4, Z5)
	JMP   put

split:
	SPLIT(Z0, Z1, Z2, Z3)
	SPLIT(Z4, Z5, Z6, Z3)
	VPSLLD    $16, Z6, Z6
	VPORD     Z6, Z2, Z2
	VMOVDQU32 Z2, 1024(R8)

put:
	VPSLLD    $16, Z5, Z5
	VPORD     Z5, Z1, Z1
	VMOVDQU32 Z1, (R8)
	ADDQ      $64, R8
	LEAQ      (SI)(R10*2), SI
	SUBQ      $2, CX
	DECQ      BX
	JNE       pair

turn:
	VMOVDQU32 0*64(R12), Z0
	VMOVDQU32 1*64(R12), Z1
	VMOVDQU32 2*64(R12), Z2
	VMOVDQU32 3*64(R12), Z3
	VMOVDQU32 4*64(R12), Z4
	VMOVDQU32 5*64(R12), Z5
	VMOVDQU32 6*64(R12), Z6
	VMOVDQU32 7*64(R12), Z7
	VMOVDQU32 8*64(R12), Z8
	VMOVDQU32 9*64(R12), Z9
	VMOVDQU32 10*64(R12), Z10
	VMOVDQU32 11*64(R12), Z11
	VMOVDQU32 12*64(R12), Z12
	VMOVDQU32 13*64(R12), Z13
	VMOVDQU32 14*64(R12), Z14
	VMOVDQU32 15*64(R12), Z15
	FOUR(Z0, Z1, Z2, Z3)
	FOUR(Z4, Z5, Z6, Z7)
	FOUR(Z8, Z9, Z10, Z11)
	FOUR(Z12, Z13, Z14, Z15)
	LANES(Z0, Z4, Z8, Z12, 0*64)
	LANES(Z1, Z5, Z9, Z13, 1*64)
	LANES(Z2, Z6, Z10, Z14, 2*64)
	LANES(Z3, Z7, Z11, Z15, 3*64)
	MOVQ R12, R8
	MOVQ R9, BX

row:
	VMOVDQU32 (R8), Z0
	VMOVDQU16 Z0, K2, (DI)
	ADDQ      $64, R8
	ADDQ      R11, DI
	DECQ      BX
	JNE       row
	TESTQ     DX, DX
	JEQ       done
	MOVQ      DX, DI          // now the low parts
	XORQ      DX, DX
	ADDQ      $1024, R12
	JMP       turn

done:
	VZEROUPPER
	RET
