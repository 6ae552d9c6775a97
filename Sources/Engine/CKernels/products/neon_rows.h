#ifndef CK_NEON_ROWS_H
#define CK_NEON_ROWS_H

// Rows of a product with few columns, four at a time.

#include "neon.h"

#include "rows.h"

enum {
    CK_ROWS = 4,
    CK_FEW_COLUMNS = 4,  // up to here a panel is not worth its unpacking
};

CK_TARGET_BEGIN

CK_INLINE void ck_store_rows_neon(const ck_product *product, ck_rows rows, size_t column, float32x4_t values) {
    float *out = ck_out_of_rows(product, rows, column);
    if (rows.count == CK_ROWS) {
        vst1q_f32(out, values);
    } else {
        *out = vgetq_lane_f32(values, 0);
    }
}

/// Sums of four numbers each of four rows.
CK_INLINE int32x4_t ck_sum_rows_neon(const int32x4_t *rows) {
    return vpaddq_s32(vpaddq_s32(rows[0], rows[1]), vpaddq_s32(rows[2], rows[3]));
}

CK_TARGET_END

#endif
