#ifndef CK_SCAN_VECTORS_H
#define CK_SCAN_VECTORS_H

// A few elements of a head at a time, which share the vectors of B and C. A head's state stays in the nearest cache for
// all rows.

CK_TARGET_BEGIN

enum { CK_SCANNED = 4 };  // elements of a head that are computed together

/// What the elements of a head share in a row.
typedef struct {
    size_t states;
    float dt, d;
    const float *a;  // where each state has its own, or NULL
    ck_vector decay; // exp(dt × a), where it is the same for all
    const float *b, *c;
} scan_row;

CK_INLINE ck_vector decay_of(float dt, ck_vector a) { return ck_exp(ck_multiply(ck_vector_of(dt), a)); }

/// The next states of `count` elements of a head, and their results. `count` is a constant.
CK_INLINE void scan_elements(const int count, const scan_row *row, const float *x, float *state, float *out) {
    ck_vector sums[CK_SCANNED], inputs[CK_SCANNED];
    for (int q = 0; q < count; q++) {
        sums[q] = ck_vector_of(0);
        inputs[q] = ck_vector_of(row->dt * x[q]);
    }
    size_t states = row->states, n = 0;
    for (; n + CK_LANES <= states; n += CK_LANES) {
        ck_vector decay = row->a == NULL ? row->decay : decay_of(row->dt, ck_load(row->a + n));
        ck_vector b = ck_load(row->b + n), c = ck_load(row->c + n);
        for (int q = 0; q < count; q++) {
            float *place = state + (size_t)q * states + n;
            ck_vector next = ck_fused(inputs[q], b, ck_multiply(decay, ck_load(place)));
            ck_store(place, next);
            sums[q] = ck_fused(next, c, sums[q]);
        }
    }
    float totals[CK_SCANNED];
    for (int q = 0; q < count; q++) totals[q] = ck_sum(sums[q]);
    for (; n < states; n++) {
        float decay[CK_LANES];
        ck_store(decay, row->a == NULL ? row->decay : decay_of(row->dt, ck_vector_of(row->a[n])));
        for (int q = 0; q < count; q++) {
            float *place = state + (size_t)q * states + n;
            *place = __builtin_fmaf(row->dt * x[q], row->b[n], decay[0] * *place);
            totals[q] = __builtin_fmaf(*place, row->c[n], totals[q]);
        }
    }
    for (int q = 0; q < count; q++) out[q] = __builtin_fmaf(row->d, x[q], totals[q]);
}

void CK_OPERATION(scan)(const ck_scan *task) {
    for (size_t head = 0; head < task->heads; head++) {
        const float *a = task->a + head * task->a_width;
        for (size_t r = 0; r < task->rows; r++) {
            float dt = task->dt[r * task->dt_stride + head];
            scan_row row = {task->state_width, dt, task->d != NULL ? task->d[head] : 0,
                            task->a_width == 1 ? NULL : a, decay_of(dt, ck_vector_of(a[0])),
                            task->b + r * task->b_stride, task->c + r * task->c_stride};
            const float *x = task->x + r * task->x_stride + head * task->head_width;
            float *out = task->out + r * task->out_stride + head * task->head_width;
            float *state = task->state + head * task->head_width * task->state_width;
            size_t p = 0;
            for (; p + CK_SCANNED <= task->head_width; p += CK_SCANNED) {
                scan_elements(CK_SCANNED, &row, x + p, state + p * row.states, out + p);
            }
            for (; p < task->head_width; p++) scan_elements(1, &row, x + p, state + p * row.states, out + p);
        }
    }
}

CK_TARGET_END

#endif
