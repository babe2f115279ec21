// The quantizer of src/bayesian-bits/quantizer.ts, whose plain functions are the reference: one pass over x
// forward, one over x and dy backward.
#pragma once
#include <cstdlib>
#include <cstring>
#include <vector>

#include "cpu.h"
#include "pool.h"

constexpr int levelCount = 5;
constexpr long blockSize = 512;     // Numbers whose intermediate results fit in the L1 cache.
constexpr long partSize = 1 << 15;  // Numbers that are summed separately, on any thread.

// A level with a coefficient other than 0.
struct Level {
  int index;
  bool rounds;        // False at 32 bits, where values are only clipped.
  float step;         // s_b, or 1 at 32 bits.
  float low, high;    // In steps.
  float factor;       // c_b s_b.
  float count;        // 2^b - 1.
  double exactStep;   // s_b, not rounded to float32.
};

struct Grid {
  int used;
  Level levels[levelCount];
  float openLow, openHigh;  // The smallest and the largest number with a gradient.
};

inline Grid gridOf(bool isSigned, float beta, const float* products) {
  Grid grid{};
  const float end = beta * static_cast<float>(1 - 1e-7);
  const float width = isSigned ? beta * 2 : beta;
  const float below = end * static_cast<float>(1 - 0x1p-24);
  grid.openLow = isSigned ? -below : 0x1p-126f;
  grid.openHigh = below;
  for (int index = 0; index < levelCount; index++) {
    const float coefficient = products[index] - (index + 1 < levelCount ? products[index + 1] : 0);
    if (coefficient == 0) continue;
    Level& level = grid.levels[grid.used++];
    level.index = index;
    level.rounds = index < levelCount - 1;
    if (level.rounds) {
      const int bits = 2 << index;
      level.count = static_cast<float>((1l << bits) - 1);
      const float unit = width / static_cast<float>(1l << bits);
      level.step = unit + unit / level.count;
      level.exactStep = static_cast<double>(width) / level.count;
      level.high = isSigned ? static_cast<float>((1l << (bits - 1)) - 1) : level.count;
      level.low = isSigned ? -level.high : 0;
    } else {
      level.step = 1;
      level.high = end;
      level.low = isSigned ? -end : 0;
    }
    level.factor = coefficient * level.step;
  }
  return grid;
}

// Comparisons are written so that NaN stays NaN.
INLINE float clip(float x, float low, float high) {
  x = x > high ? high : x;
  return x < low ? low : x;
}

// x_b as multiples of its step, for n numbers; ties to even.
INLINE void levelOf(const Level& level, const float* x, long n, float* out) {
  const float step = level.step, low = level.low, high = level.high;
  if (level.rounds) {
    for (long i = 0; i < n; i++) out[i] = __builtin_rintf(clip(x[i] / step, low, high));
  } else {
    for (long i = 0; i < n; i++) out[i] = clip(x[i], low, high);
  }
}

// y = z_2 sum_b c_b x_b for n numbers. z2: null, or one gate per number.
INLINE void forwardBody(const Grid& grid, const float* x, const float* z2, float* y, long n) {
  float value[blockSize];
  for (long from = 0; from < n; from += blockSize, x += blockSize, y += blockSize) {
    const long size = n - from < blockSize ? n - from : blockSize;
    for (int used = 0; used < grid.used; used++) {
      const Level& level = grid.levels[used];
      const float factor = level.factor;
      levelOf(level, x, size, value);
      if (z2) {
        for (long i = 0; i < size; i++) value[i] = (factor * z2[from + i]) * value[i];
      } else {
        for (long i = 0; i < size; i++) value[i] = factor * value[i];
      }
      if (used == 0) memcpy(y, value, size * sizeof(float));
      else for (long i = 0; i < size; i++) y[i] = y[i] + value[i];
    }
  }
}
FOR_EACH_CPU(forward, (const Grid& grid, const float* x, const float* z2, float* y, long n),
             (grid, x, z2, y, n))

constexpr long laneCount = 16;

INLINE void addToLanes(const float* terms, long n, double* lanes) {
  long i = 0;
  for (; i + laneCount <= n; i += laneCount)
    for (long lane = 0; lane < laneCount; lane++) lanes[lane] += terms[i + lane];
  for (; i < n; i++) lanes[i % laneCount] += terms[i];
}

INLINE double sumOfLanes(const double* lanes) {
  double sum = 0;
  for (long lane = 0; lane < laneCount; lane++) sum += lanes[lane];
  return sum;
}

// dx for n numbers. Adds to `sums`, of shape [levels, z2 ? n : 1], dy times each level's residual, in its
// steps, and to `dot` dx times x. dx may alias dy.
INLINE void backwardBody(const Grid& grid, const float* dy, const float* x, const float* z2, float* dx,
                         long n, double* sums, long sumsOfLevel, double* dot) {
  float narrower[blockSize], value[blockSize], terms[blockSize];
  double lanes[levelCount + 1][laneCount] = {};
  for (long from = 0; from < n; from += blockSize, x += blockSize, dy += blockSize, dx += blockSize) {
    const long size = n - from < blockSize ? n - from : blockSize;
    for (int used = 0; used < grid.used; used++) {
      const Level& level = grid.levels[used];
      levelOf(level, x, size, value);
      if (used == 0) {
        for (long i = 0; i < size; i++) terms[i] = dy[i] * value[i];
      } else if (level.rounds) {
        // An integer, since each grid contains the coarser ones.
        const float ratio = level.count / grid.levels[used - 1].count;
        for (long i = 0; i < size; i++) terms[i] = dy[i] * (value[i] - ratio * narrower[i]);
      } else {
        const double step = grid.levels[used - 1].exactStep;
        for (long i = 0; i < size; i++)
          terms[i] = dy[i] * static_cast<float>(value[i] - step * narrower[i]);
      }
      if (z2) {
        double* sum = sums + used * sumsOfLevel + from;
        for (long i = 0; i < size; i++) sum[i] += terms[i];
      } else {
        addToLanes(terms, size, lanes[used]);
      }
      if (used + 1 < grid.used) memcpy(narrower, value, size * sizeof(float));
    }
    const float low = grid.openLow, high = grid.openHigh;
    for (long i = 0; i < size; i++) {
      const float given = z2 ? z2[from + i] * dy[i] : dy[i];
      const float aboveLow = x[i] >= low ? 1 : 0;
      const float passed = given * (x[i] <= high ? aboveLow : 0);
      dx[i] = passed;
      terms[i] = passed * x[i];
    }
    addToLanes(terms, size, lanes[levelCount]);
  }
  if (!z2)
    for (int used = 0; used < grid.used; used++) sums[used * sumsOfLevel] += sumOfLanes(lanes[used]);
  *dot += sumOfLanes(lanes[levelCount]);
}
FOR_EACH_CPU(backward,
             (const Grid& grid, const float* dy, const float* x, const float* z2, float* dx, long n,
              double* sums, long sumsOfLevel, double* dot),
             (grid, dy, x, z2, dx, n, sums, sumsOfLevel, dot))

struct QuantizerJob {
  Grid grid;
  const float *x, *dy;
  const float* z2;  // One gate per channel; null without channel gates.
  float *y, *dx;
  long size, channels;
  long rowsOfPart;  // A row is all channels, or one number without channel gates.
  std::vector<double> sums;

  long rows() const { return z2 ? size / channels : size; }
  long rowSize() const { return z2 ? channels : 1; }
  long parts() const { return (rows() + rowsOfPart - 1) / rowsOfPart; }
  long sumsOfPart() const { return levelCount * rowSize() + 1; }

  // Calls `span` with the start and length of each stretch of a part: a row, or the whole part without z2.
  template <class Span>
  void forSpans(long part, Span span) const {
    const long last = (part + 1) * rowsOfPart;
    const long end = (last < rows() ? last : rows()) * rowSize();
    const long stretch = z2 ? channels : rowsOfPart;
    for (long at = part * rowsOfPart * rowSize(); at < end; at += stretch)
      span(at, end - at < stretch ? end - at : stretch);
  }
};

inline void setParts(QuantizerJob& job) {
  const long rows = partSize / job.rowSize();
  job.rowsOfPart = rows > 0 ? rows : 1;
}

inline void forwardPart(void* given, long part) {
  const QuantizerJob& job = *static_cast<QuantizerJob*>(given);
  job.forSpans(part, [&](long at, long n) { forward(job.grid, job.x + at, job.z2, job.y + at, n); });
}

inline void backwardPart(void* given, long part) {
  QuantizerJob& job = *static_cast<QuantizerJob*>(given);
  double* sums = job.sums.data() + part * job.sumsOfPart();
  job.forSpans(part, [&](long at, long n) {
    backward(job.grid, job.dy + at, job.x + at, job.z2, job.dx + at, n, sums, job.rowSize(),
             sums + job.sumsOfPart() - 1);
  });
}
