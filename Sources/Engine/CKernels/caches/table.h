#ifndef CK_CACHES_TABLE_H
#define CK_CACHES_TABLE_H

#include "../include/ckernels.h"

/// The types of the KV cache by instruction set; one without a name ends each list.
extern const ck_cache ck_caches_generic[], ck_caches_avx2[], ck_caches_avx512[], ck_caches_neon[];

#endif
