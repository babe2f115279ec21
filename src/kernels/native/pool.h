// A fixed pool of threads, since TensorFlow's C API does not share its own.
#pragma once
#include <atomic>
#include <cstdlib>
#include <pthread.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

// Flushes denormals to zero during its lifetime, as TensorFlow's own threads do.
class FlushDenormals {
 public:
#if defined(__x86_64__)
  FlushDenormals() : saved(_mm_getcsr()) { _mm_setcsr(saved | 0x8040); }
  ~FlushDenormals() { _mm_setcsr(saved); }

 private:
  unsigned saved;
#else
  FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(saved));
    asm volatile("msr fpcr, %0" ::"r"(saved | (1ul << 24)));
  }
  ~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(saved)); }

 private:
  unsigned long saved;
#endif
};

namespace pool {

using Work = void (*)(void* job, long part);

inline pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;  // Held by whoever uses the threads.
inline pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;  // Guards the variables below except `next`.
inline pthread_cond_t begun = PTHREAD_COND_INITIALIZER;
inline pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
inline Work work;
inline void* job;
inline long parts;
inline std::atomic<long> next{0};
inline bool isOpen = false;  // May threads still join?
inline unsigned long round = 0;
inline int joined = 0;
inline int size = 0;  // Threads besides the caller.

inline void takeParts(Work work, void* job, long parts) {
  FlushDenormals flush;
  for (long part; (part = next.fetch_add(1)) < parts;) work(job, part);
}

inline void* worker(void*) {
  unsigned long seen = 0;
  pthread_mutex_lock(&mutex);
  for (;;) {
    while (!isOpen || round == seen) pthread_cond_wait(&begun, &mutex);
    seen = round;
    joined++;
    const Work ours = work;
    void* const given = job;
    const long count = parts;
    pthread_mutex_unlock(&mutex);
    takeParts(ours, given, count);
    pthread_mutex_lock(&mutex);
    if (--joined == 0) pthread_cond_signal(&ended);
  }
  return nullptr;
}

// Starts as many threads as TensorFlow's kernels use, counting the caller's.
inline void start() {
  const char* wanted = getenv("TF_NUM_INTRAOP_THREADS");
  long threads = wanted ? atol(wanted) : 0;
  if (threads <= 0) threads = sysconf(_SC_NPROCESSORS_ONLN);
  if (threads > 256) threads = 256;
  for (long i = 1; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, worker, nullptr) != 0) return;
    pthread_detach(thread);
    size++;
  }
}

// Runs all parts, in any order, on all available threads. Kernels that run at the same time do not share the
// threads: the second one works alone.
inline void run(Work work, void* job, long parts) {
  if (size == 0 || parts < 2 || pthread_mutex_trylock(&owner) != 0) {
    FlushDenormals flush;
    for (long part = 0; part < parts; part++) work(job, part);
    return;
  }
  pthread_mutex_lock(&mutex);
  pool::work = work;
  pool::job = job;
  pool::parts = parts;
  next = 0;
  isOpen = true;
  round++;
  pthread_cond_broadcast(&begun);
  pthread_mutex_unlock(&mutex);
  takeParts(work, job, parts);
  pthread_mutex_lock(&mutex);
  isOpen = false;
  while (joined > 0) pthread_cond_wait(&ended, &mutex);
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&owner);
}

}  // namespace pool
