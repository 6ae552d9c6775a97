#include "activations/activations.h"
#include "caches/table.h"
#include "formats/formats.h"
#include "include/ck_cpu_features.h"
#include "include/ckernels.h"
#include "operations/operations.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ACTIVATION(set, kind)                                                                                          \
    static const ck_activation kind##_##set = {#kind, ck_##kind##_bytes, ck_##kind##_quantize_##set};
#define FORMAT(type, id, block, bytes, kind, order, activation_set, multiply_set, multiply_packed)                     \
    {id, block, bytes, &kind##_##activation_set, ck_##type##_dequantize, ck_##type##_multiply_##multiply_set,          \
     multiply_packed, ORDER_##order(type), ROW_UNIT},
#define ORDER_as_is(type) NULL
#define ORDER_by_use(type) ck_##type##_packed_order
#define OPERATIONS(set)                                                                                                \
    static const ck_operations operations_##set = {                                                                    \
        .rms_norm = ck_rms_norm_##set,                                                                                 \
        .layer_norm = ck_layer_norm_##set,                                                                             \
        .rope = ck_rope_##set,                                                                                         \
        .activate = ck_activate_##set,                                                                                 \
        .gate = ck_gate_##set,                                                                                         \
        .clamped_swiglu = ck_clamped_swiglu_##set,                                                                     \
        .softcap = ck_softcap_##set,                                                                                   \
        .add = ck_add_##set,                                                                                           \
        .multiply = ck_multiply_##set,                                                                                 \
        .scale = ck_scale_##set,                                                                                       \
        .clamp = ck_clamp_##set,                                                                                       \
        .convolve = ck_convolve_##set,                                                                                 \
        .scan = ck_scan_##set,                                                                                         \
        .sum_bytes = ck_sum_bytes_##set,                                                                               \
    };

/// BF16 with activations of its own kind. Before the rows of CK_FORMATS, it takes the place of the one there.
#define BF16(activation_set, multiply_set, multiply_packed)                                                            \
    FORMAT(bf16, 30, 1, 2, bfloat16, as_is, activation_set, multiply_set, multiply_packed)

/// Rows that the fast products unpack together.
#define ROW_UNIT 16

ACTIVATION(generic, float32)
ACTIVATION(generic, bfloat16)
ACTIVATION(generic, int8_32)
ACTIVATION(generic, int8_256)

#define ROW(type, id, block, bytes, kind, order, ...)                                                                  \
    FORMAT(type, id, block, bytes, kind, order, generic, generic, NULL)
static const ck_format generic_formats[] = {
    CK_FORMATS(ROW)  //
    // Never found, since a type's first row is: what rows of other tables that have another kind of activations are
    // compared with.
    BF16(generic, generic_bf16, NULL)};
#undef ROW
OPERATIONS(generic)
static const ck_table generic_table = {"generic", COUNT(generic_formats), generic_formats, ck_caches_generic,
                                       &operations_generic};

#if defined(__x86_64__)

#define ck_float32_quantize_avx2 ck_float32_quantize_generic
ACTIVATION(avx2, float32)
ACTIVATION(avx2, int8_32)
ACTIVATION(avx2, int8_256)

#define PACKED_avx2_float32(type) NULL
#define PACKED_avx2_int8_32(type) ck_##type##_multiply_packed_avx2
#define PACKED_avx2_int8_256(type) ck_##type##_multiply_packed_avx2
#define PACKED_ON_avx2(kind, type) PACKED_avx2_##kind(type)
#define PACKED_ON_generic(kind, type) NULL
#define ROW(type, id, block, bytes, kind, order, on_avx2, on_avx_vnni, on_avx512, on_neon, on_dotprod, on_i8mm)        \
    FORMAT(type, id, block, bytes, kind, order, avx2, on_avx2, PACKED_ON_##on_avx2(kind, type))
static const ck_format avx2_formats[] = {CK_FORMATS(ROW)};
#undef ROW
OPERATIONS(avx2)
static const ck_table avx2_table = {"avx2", COUNT(avx2_formats), avx2_formats, ck_caches_avx2, &operations_avx2};

#define ROW(type, id, block, bytes, kind, order, on_avx2, on_avx_vnni, on_avx512, on_neon, on_dotprod, on_i8mm)        \
    FORMAT(type, id, block, bytes, kind, order, avx2, on_avx_vnni, NULL)
static const ck_format avx_vnni_formats[] = {CK_FORMATS(ROW)};
#undef ROW
static const ck_table avx_vnni_table = {"avx_vnni", COUNT(avx_vnni_formats), avx_vnni_formats, ck_caches_avx2,
                                        &operations_avx2};

#define PACKED_avx512_float32(type) ck_##type##_multiply_avx512
#define PACKED_avx512_int8_32(type) ck_##type##_multiply_packed_avx512
#define PACKED_avx512_int8_256(type) ck_##type##_multiply_packed_avx512
#define PACKED_ON_avx512(kind, type) PACKED_avx512_##kind(type)
#define ROW(type, id, block, bytes, kind, order, on_avx2, on_avx_vnni, on_avx512, on_neon, on_dotprod, on_i8mm)        \
    FORMAT(type, id, block, bytes, kind, order, avx2, on_avx512, PACKED_ON_##on_avx512(kind, type))
static const ck_format avx512_formats[] = {CK_FORMATS(ROW)};
static const ck_table avx512_table = {"avx512", COUNT(avx512_formats), avx512_formats,
                                      ck_caches_avx512, &operations_avx2};

ACTIVATION(avx512, bfloat16)
static const ck_format avx512_bf16_formats[] = {BF16(avx512, avx512_bf16, ck_bf16_multiply_avx512_bf16)
                                                   CK_FORMATS(ROW)};
static const ck_table avx512_bf16_table = {"avx512_bf16", COUNT(avx512_bf16_formats), avx512_bf16_formats,
                                           ck_caches_avx512, &operations_avx2};
#undef ROW

#endif

#if defined(__aarch64__)

#define ck_rope_neon ck_rope_generic  // compilers vectorise it

#define ROW(type, id, block, bytes, kind, order, on_avx2, on_avx_vnni, on_avx512, on_neon, on_dotprod, on_i8mm)        \
    FORMAT(type, id, block, bytes, kind, order, generic, on_neon, NULL)
static const ck_format neon_formats[] = {CK_FORMATS(ROW)};
#undef ROW
OPERATIONS(neon)
static const ck_table neon_table = {"neon", COUNT(neon_formats), neon_formats, ck_caches_neon, &operations_neon};

#define ROW(type, id, block, bytes, kind, order, on_avx2, on_avx_vnni, on_avx512, on_neon, on_dotprod, on_i8mm)        \
    FORMAT(type, id, block, bytes, kind, order, generic, on_dotprod, NULL)
static const ck_format dotprod_formats[] = {CK_FORMATS(ROW)};
#undef ROW
static const ck_table dotprod_table = {"dotprod", COUNT(dotprod_formats), dotprod_formats,
                                       ck_caches_neon, &operations_neon};

#define ROW(type, id, block, bytes, kind, order, on_avx2, on_avx_vnni, on_avx512, on_neon, on_dotprod, on_i8mm)        \
    FORMAT(type, id, block, bytes, kind, order, generic, on_i8mm, NULL)
static const ck_format i8mm_formats[] = {CK_FORMATS(ROW)};
#undef ROW
static const ck_table i8mm_table = {"i8mm", COUNT(i8mm_formats), i8mm_formats, ck_caches_neon, &operations_neon};

#endif

/// A table and what a CPU must have to run it, the best first.
typedef struct {
    const ck_table *table;
    uint32_t features;
} candidate;

static const candidate candidates[] = {
#if defined(__x86_64__)
    {&avx512_bf16_table, CK_AVX2 | CK_AVX512 | CK_AVX512_BF16},
    {&avx512_table, CK_AVX2 | CK_AVX512},
    {&avx_vnni_table, CK_AVX2 | CK_AVX_VNNI},
    {&avx2_table, CK_AVX2},
#endif
#if defined(__aarch64__)
    {&i8mm_table, CK_DOTPROD | CK_I8MM},
    {&dotprod_table, CK_DOTPROD},
    {&neon_table, 0},
#endif
    {&generic_table, 0},
};

static bool runs_with(const candidate *candidate, uint32_t features) {
    return (candidate->features & ~features) == 0;
}

const ck_table *ck_best_table_with(uint32_t features) {
    size_t i = 0;
    while (!runs_with(&candidates[i], features)) i++;
    return candidates[i].table;
}

const ck_table *ck_best_table(void) { return ck_best_table_with(ck_cpu_features() & ~ck_slow_features()); }

const ck_table *ck_table_named(const char *name) {
    uint32_t features = ck_cpu_features();
    for (size_t i = 0; i < COUNT(candidates); i++) {
        const candidate *candidate = &candidates[i];
        if (strcmp(candidate->table->name, name) == 0 && runs_with(candidate, features)) return candidate->table;
    }
    return NULL;
}

const char *ck_table_name(size_t index) { return index < COUNT(candidates) ? candidates[index].table->name : NULL; }

const ck_format *ck_find_format(const ck_table *table, uint32_t gguf_id) {
    for (size_t i = 0; i < table->format_count; i++) {
        if (table->formats[i].gguf_id == gguf_id) return &table->formats[i];
    }
    return NULL;
}

const ck_cache *ck_find_cache(const ck_table *table, const char *name) {
    for (const ck_cache *cache = table->caches; cache->name != NULL; cache++) {
        if (strcmp(cache->name, name) == 0) return cache;
    }
    return NULL;
}
