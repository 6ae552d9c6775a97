#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const q4_0_block *block = (const q4_0_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_no_minimum;
    ck_unpack_nibbles32(block->codes, out->codes);
    for (size_t i = 0; i < 32; i++) out->codes[i] -= 8;
}

CK_GENERIC32(q4_0)
