#ifndef CK_CACHES_STORE_H
#define CK_CACHES_STORE_H

// How the functions of a table that store keys and values are made. Included after the vectors of its instruction set.

#include "caches.h"

#define CK_STORE_TYPE(type, rotates, set)                                                                              \
    void ck_##type##_store_key_##set(size_t head_width, const float *key, size_t token, void *tile) {                  \
        float memory[CK_ROTATED_WIDTH];                                                                                \
        ck_##type##_store_key(head_width, ck_rotated(rotates, head_width, key, memory), token, tile);                  \
    }                                                                                                                  \
    void ck_##type##_store_value_##set(size_t head_width, const float *value, size_t token, void *tile) {              \
        float memory[CK_ROTATED_WIDTH];                                                                                \
        ck_##type##_store_value(head_width, ck_rotated(rotates, head_width, value, memory), token, tile);              \
    }

#endif
