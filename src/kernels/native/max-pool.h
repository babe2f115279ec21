// The gradient of max pooling with windows side by side: dy goes to the first of the largest numbers.
#pragma once
#include "cpu.h"
#include "pool.h"

// One row of windows, each `size` by `size` of `channels`.
INLINE void maxPoolRowBody(const float* x, const float* dy, float* dx, long windows, long size, long channels) {
  constexpr long most = 256;
  float largest[most];
  int place[most];
  const long width = windows * size * channels;
  for (long window = 0; window < windows; window++) {
    for (long from = 0; from < channels; from += most) {
      const long n = channels - from < most ? channels - from : most;
      const long first = window * size * channels + from;
      for (long c = 0; c < n; c++) largest[c] = x[first + c], place[c] = 0;
      for (int at = 1; at < size * size; at++) {
        const float* other = x + first + at / size * width + at % size * channels;
        for (long c = 0; c < n; c++) {
          const bool isLarger = other[c] > largest[c];
          largest[c] = isLarger ? other[c] : largest[c];
          place[c] = isLarger ? at : place[c];
        }
      }
      const float* given = dy + window * channels + from;
      for (int at = 0; at < size * size; at++) {
        float* out = dx + first + at / size * width + at % size * channels;
        for (long c = 0; c < n; c++) out[c] = place[c] == at ? given[c] : 0;
      }
    }
  }
}
FOR_EACH_CPU(maxPoolRow,
             (const float* x, const float* dy, float* dx, long windows, long size, long channels),
             (x, dy, dx, windows, size, channels))

struct MaxPoolJob {
  const float *x, *dy;
  float* dx;
  long rows;  // Of windows, in all images.
  long windows, size, channels;
  long rowsOfPart;
};

inline void maxPoolPart(void* given, long part) {
  const MaxPoolJob& job = *static_cast<MaxPoolJob*>(given);
  const long last = (part + 1) * job.rowsOfPart;
  for (long row = part * job.rowsOfPart; row < last && row < job.rows; row++) {
    const long outputs = job.windows * job.channels;
    const long inputs = outputs * job.size * job.size;
    maxPoolRow(job.x + row * inputs, job.dy + row * outputs, job.dx + row * inputs, job.windows,
               job.size, job.channels);
  }
}
