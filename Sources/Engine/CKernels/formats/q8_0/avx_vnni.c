#if defined(__x86_64__)

#include "../../products/dots/avx_vnni.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX2(q8_0, offset_shape, read_offset)

CK_TARGET_END

#endif
