#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const q8_0_block *block = (const q8_0_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_no_minimum;
    for (size_t i = 0; i < 32; i++) out->codes[i] = block->codes[i];
}

CK_GENERIC32(q8_0)
