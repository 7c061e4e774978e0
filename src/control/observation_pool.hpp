// SPDX-License-Identifier: BSD-3-Clause
// ObservationPool: memory for observations, used again when the last reader has let go of one: with
// thousands of exporters it would be thousands of allocations a second. Outlives its pool as long
// as readers need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "metrics/observation.hpp"

namespace flowd {

class ObservationPool {
public:
    /// What was written before is still in it.
    struct Page {
        Observation observation;
        std::uint64_t templates_edition = 0;  ///< whose copy it has
    };

    [[nodiscard]] std::shared_ptr<Page> take() {
        std::unique_ptr<Page> page = shelf_->take();
        if (page == nullptr) page = std::make_unique<Page>();
        // Whoever lets go last, on whatever thread, puts it back.
        return {page.release(), [shelf = shelf_](Page* used) { shelf->put(used); }};
    }

private:
    class Shelf {
    public:
        [[nodiscard]] std::unique_ptr<Page> take() {
            const std::lock_guard lock{mutex_};
            if (pages_.empty()) return nullptr;
            std::unique_ptr<Page> page = std::move(pages_.back());
            pages_.pop_back();
            return page;
        }
        void put(Page* used) {
            std::unique_ptr<Page> page{used};
            const std::lock_guard lock{mutex_};
            if (pages_.size() < pages_max) pages_.push_back(std::move(page));
        }

    private:
        static constexpr std::size_t pages_max = 2;

        std::mutex mutex_;  ///< guards the pages
        std::vector<std::unique_ptr<Page>> pages_;
    };

    std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>();
};

}  // namespace flowd
