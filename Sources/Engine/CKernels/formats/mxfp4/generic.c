#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const mxfp4_block *block = (const mxfp4_block *)blocks + index;
    // 2^(exponent - 128), a subnormal number for exponents 0 and 1
    uint32_t bits = block->exponent < 2 ? 0x00200000u << block->exponent : (uint32_t)(block->exponent - 1) << 23;
    out->scale = ck_float_of_bits(bits);
    out->minimum = ck_no_minimum;
    ck_unpack_nibbles32(block->codes, out->codes);
    for (size_t i = 0; i < 32; i++) out->codes[i] = ck_mxfp4_values[out->codes[i]];
}

CK_GENERIC32(mxfp4)
