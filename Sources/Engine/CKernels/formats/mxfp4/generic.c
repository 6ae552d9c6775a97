#include "../blocks32.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block32 *out) {
    const mxfp4_block *block = (const mxfp4_block *)blocks + index;
    out->scale = mxfp4_scale(block);
    out->minimum = ck_no_minimum;
    ck_unpack_nibbles32(block->codes, out->codes);
    for (size_t i = 0; i < 32; i++) out->codes[i] = ck_mxfp4_values[out->codes[i]];
}

CK_GENERIC32(mxfp4)
