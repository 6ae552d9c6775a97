#if defined(__x86_64__)

#include "../../products/dots/avx_vnni.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_BY_PANELS(iq4_xs, offset_shape, read_offset, ck_iq4_xs_multiply_avx2)

CK_TARGET_END

#endif
