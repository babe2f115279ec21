// The gradient of max pooling over adjacent windows: dy goes to the first of the largest numbers.
#pragma once
#include "cpu.h"
#include "pool.h"

// The most common window, 2 by 2: a, b are its upper row, c, d its lower. Compilers vectorize this form.
INLINE void maxPoolWindow(const float* __restrict a, const float* __restrict b, const float* __restrict c,
                          const float* __restrict d, const float* __restrict dy, float* __restrict da,
                          float* __restrict db, float* __restrict dc, float* __restrict dd, long channels) {
  for (long i = 0; i < channels; i++) {
    const float given = dy[i], inA = a[i], inB = b[i], inC = c[i], inD = d[i];
    const float above = inB > inA ? inB : inA;
    const float before = inC > above ? inC : above;
    const float left = inD > before ? 0 : given;
    const float top = inC > above ? 0 : left;
    dd[i] = inD > before ? given : 0;
    dc[i] = inC > above ? left : 0;
    db[i] = inB > inA ? top : 0;
    da[i] = inB > inA ? 0 : top;
  }
}

// One row of 2-by-2 windows.
INLINE void maxPoolPairsBody(const float* x, const float* dy, float* dx, long windows, long channels) {
  const long width = windows * 2 * channels;
  for (long window = 0; window < windows; window++, x += 2 * channels, dx += 2 * channels, dy += channels) {
    maxPoolWindow(x, x + channels, x + width, x + width + channels, dy, dx, dx + channels, dx + width,
                  dx + width + channels, channels);
  }
}
FOR_EACH_CPU(maxPoolPairs, (const float* x, const float* dy, float* dx, long windows, long channels),
             (x, dy, dx, windows, channels))

// One row of windows, each `size` by `size` of `channels`.
INLINE void maxPoolRowBody(const float* x, const float* dy, float* dx, long windows, long size, long channels) {
  const long width = windows * size * channels;
  for (long window = 0; window < windows; window++) {
    for (long channel = 0; channel < channels; channel++) {
      const long first = window * size * channels + channel;
      long place = first;
      for (long at = 0; at < size * size; at++) {
        const long other = first + at / size * width + at % size * channels;
        place = x[other] > x[place] ? other : place;
        dx[other] = 0;
      }
      dx[place] = dy[window * channels + channel];
    }
  }
}

struct MaxPoolJob {
  const float *x, *dy;
  float* dx;
  long rows;  // Rows of windows, in all images.
  long windows, size, channels;
  long rowsOfPart;
};

inline void maxPoolPart(void* given, long part) {
  const MaxPoolJob& job = *static_cast<MaxPoolJob*>(given);
  const long last = (part + 1) * job.rowsOfPart;
  for (long row = part * job.rowsOfPart; row < last && row < job.rows; row++) {
    const long outputs = job.windows * job.channels;
    const long inputs = outputs * job.size * job.size;
    const float *x = job.x + row * inputs, *dy = job.dy + row * outputs;
    float* dx = job.dx + row * inputs;
    if (job.size == 2) maxPoolPairs(x, dy, dx, job.windows, job.channels);
    else maxPoolRowBody(x, dy, dx, job.windows, job.size, job.channels);
  }
}
