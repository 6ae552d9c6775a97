#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const q5_0_block *block = (const q5_0_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_no_minimum;
    ck_unpack_nibbles32(block->low, out->codes);
    ck_add_fifth_bits32(block->high, out->codes);
    for (size_t i = 0; i < 32; i++) out->codes[i] -= 16;
}

CK_GENERIC32(q5_0)
