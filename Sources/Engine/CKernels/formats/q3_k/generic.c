#include "../blocks256.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block256 *out) {
    const q3_k_block *block = (const q3_k_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = 0;
    for (size_t s = 0; s < 16; s++) {
        int low = s < 8 ? block->scales[s] & 15 : block->scales[s - 8] >> 4;
        int upper = block->scales[8 + s % 4] >> 2 * (s / 4) & 3;
        out->scales[s] = (low | upper << 4) - 32;
        out->minima[s] = 0;
    }
    for (size_t i = 0; i < 256; i++) {
        size_t half = i / 128, run = i % 128 / 32;
        int low = block->low[32 * half + i % 32] >> 2 * run & 3;
        int high = block->high[i % 32] >> (4 * half + run) & 1;
        out->codes[i] = (low | high << 2) - 4;
    }
}

CK_GENERIC256(q3_k, 16)

// The scales, then of each half of the upper bits those bits and what the first half of the codes needs them with, then
// the other half of the codes: the order in which they are needed first.
const ck_piece ck_q3_k_packed_order[] = {{24, 3}, {0, 4}, {8, 4}, {4, 4}, {12, 4}, {16, 8}, {0, 0}};
