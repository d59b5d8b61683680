#include "tools/crew.h"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "tools/report.h"

namespace fleetsim {
namespace {

std::uint32_t cores() {
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

struct Crew::State {
  explicit State(std::uint32_t count) : threads(count), pool(count) { listen(); }

  // The second signal finds nobody listening and ends the program at once.
  void listen() {
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      interrupted = true;
      warn("interrupted: finishing what has been started; once more to stop at once");
      signals.clear();
    });
  }

  std::uint32_t threads;
  std::atomic<bool> interrupted = false;
  boost::asio::io_context coordinator;
  boost::asio::signal_set signals{coordinator, SIGINT, SIGTERM};
  boost::asio::thread_pool pool;
};

Crew::Crew(std::uint32_t threads)
    : state_(std::make_unique<State>(threads > 0 ? threads : cores())) {}

Crew::Crew(Within outer) : outer_(&outer.crew) {}

Crew::~Crew() {
  if (state_) state_->pool.join();
}

bool Crew::interrupted() const {
  return outer_ != nullptr ? outer_->interrupted() : state_->interrupted.load();
}

std::uint32_t Crew::threads() const {
  return outer_ != nullptr ? 1 : state_->threads;
}

std::uint64_t Crew::run(std::uint64_t first, std::uint64_t last, const Job& job, const Tick& tick) {
  if (outer_ != nullptr) {
    for (; first < last && !interrupted(); ++first) job(first);
    return first;
  }
  std::atomic<std::uint64_t> next = first, done = first;
  std::uint32_t working = state_->threads;
  const auto open = boost::asio::make_work_guard(state_->coordinator);
  state_->coordinator.restart();
  state_->coordinator.poll();  // signals that came between two runs
  const auto work = [&] {
    while (!state_->interrupted) {
      const std::uint64_t number = next++;
      if (number >= last) break;
      job(number);
      ++done;
    }
    boost::asio::post(state_->coordinator, [&] { --working; });
  };
  for (std::uint32_t i = 0; i < state_->threads; ++i) boost::asio::post(state_->pool, work);

  boost::asio::steady_timer timer(state_->coordinator);
  std::function<void()> wait_for_tick = [&] {
    timer.expires_after(std::chrono::milliseconds(200));
    timer.async_wait([&](const boost::system::error_code& error) {
      if (error) return;
      tick(done - first);
      wait_for_tick();
    });
  };
  if (tick) wait_for_tick();
  while (working > 0) state_->coordinator.run_one();
  timer.cancel();
  state_->coordinator.poll();
  return done;
}

}  // namespace fleetsim
