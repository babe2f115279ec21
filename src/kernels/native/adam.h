// Adam's step in one pass; the plain functions of src/training/optimizers/adam.ts are the reference.
#pragma once
#include "cpu.h"
#include "pool.h"

// The numbers of the equation; only `rate` and `rootScale` change from step to step.
struct AdamFactors {
  float beta1, rest1;  // rest: 1 - beta
  float beta2, rest2;
  float epsilon;
  float rate, rootScale;
};

// `update` may alias `gradient`.
INLINE void adamBody(const AdamFactors& factors, const float* gradient, const float* __restrict m,
                     const float* __restrict v, float* update, float* __restrict newM,
                     float* __restrict newV, long n) {
  const AdamFactors f = factors;
  for (long i = 0; i < n; i++) {
    const float g = gradient[i];
    const float mean = m[i] * f.beta1 + g * f.rest1;
    const float square = v[i] * f.beta2 + (g * g) * f.rest2;
    newM[i] = mean;
    newV[i] = square;
    update[i] = (mean * f.rate) / (__builtin_sqrtf(square) * f.rootScale + f.epsilon);
  }
}
FOR_EACH_CPU(adam,
             (const AdamFactors& factors, const float* gradient, const float* m, const float* v,
              float* update, float* newM, float* newV, long n),
             (factors, gradient, m, v, update, newM, newV, n))

struct AdamJob {
  AdamFactors factors;
  const float *gradient, *m, *v;
  float *update, *newM, *newV;
  long size;
};

constexpr long adamPartSize = 1 << 15;

inline void adamPart(void* given, long part) {
  const AdamJob& job = *static_cast<AdamJob*>(given);
  const long at = part * adamPartSize;
  const long left = job.size - at;
  adam(job.factors, job.gradient + at, job.m + at, job.v + at, job.update + at, job.newM + at,
       job.newV + at, left < adamPartSize ? left : adamPartSize);
}
