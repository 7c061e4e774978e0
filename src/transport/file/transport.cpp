// SPDX-License-Identifier: BSD-3-Clause
// One class for both kinds of destination: one that is appended to, and rotated files. Whole
// messages only, one log line per change of state. Runs on a TX worker. A failed batch is lost;
// after a pause the next one is another try.
#include "transport/file/transport.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "log/log.hpp"
#include "log/reason.hpp"
#include "transport/file/compressor.hpp"
#include "transport/file/pause.hpp"
#include "transport/file/recovery.hpp"
#include "transport/file/rotation.hpp"
#include "transport/file/writer.hpp"

namespace flowd::file {

namespace {

using std::chrono::milliseconds;

/// Held while a batch is written to what several transports of this process may share: a write to a
/// pipe that fills up lets another writer in, even in the middle of a message.
constinit std::mutex writing;

[[nodiscard]] int open_for_append(const std::string& path) noexcept {
    return ::open(path.c_str(), O_APPEND | O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
}

/// What was written of a batch.
struct Whole {
    std::size_t messages = 0;
    std::size_t bytes = 0;
};

/// As whole messages; `written` counts from the beginning of the batch, as slots do.
[[nodiscard]] Whole whole_messages(const flow::Batch& batch, std::size_t first, std::size_t begin,
                                   std::size_t written) noexcept {
    if (written == batch.bytes().size()) return {batch.message_count() - first, written - begin};
    Whole whole;
    while (first + whole.messages < batch.message_count()) {
        const std::size_t end = batch.slot(first + whole.messages).end;
        if (end > written) break;
        whole.bytes = end - begin;
        ++whole.messages;
    }
    return whole;
}

class FileTransport final : public Transport {
public:
    FileTransport(const Options& options, Layout layout, std::optional<Name> name,
                  std::unique_ptr<Compressor> compressor, int descriptor)
        : options_{options},
          layout_{std::move(layout)},
          name_{options.path.empty() ? "standard output" : options.path},
          compressor_{std::move(compressor)},
          descriptor_{descriptor} {
        if (name) rotation_.emplace(options_, std::move(*name));
    }
    ~FileTransport() override { close_descriptor(); }

    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override;
    milliseconds idle() noexcept override;
    void reopen() noexcept override;
    Failure close(const Ending& ending) noexcept override;
    [[nodiscard]] TransportState state() const noexcept override { return state_; }

private:
    /// The part of the batch that was written, as whole messages.
    [[nodiscard]] Whole write(const flow::Batch& batch, std::size_t first);
    void sync_if_due();
    void failed_with(int error);
    void works_again();
    [[nodiscard]] std::string place() const { return "transport.file.path: " + name_; }
    /// The errno of close(2), 0 when it worked or there was nothing to close.
    int close_descriptor() noexcept;
    /// Where bytes go; -1: nowhere now.
    [[nodiscard]] int writable() const noexcept {
        return rotation_ ? rotation_->descriptor() : descriptor_;
    }
    [[nodiscard]] bool syncs() const noexcept { return options_.sync != "none"; }

    Options options_;
    Layout layout_;
    std::string name_;
    std::optional<Rotation> rotation_;        // with rotation
    std::unique_ptr<Compressor> compressor_;  // null: none
    int descriptor_;                          // without rotation; -1: closed
    bool ended_ = false;
    TransportState state_ = TransportState::up;
    int last_error_ = 0;               // of the present failure
    std::uint64_t lost_messages_ = 0;  // since it began
    Pause pause_;
    bool unsynced_ = false;
    bool sync_failed_ = false;
    std::chrono::steady_clock::time_point synced_at_ = std::chrono::steady_clock::now();
};

/// Takes all, always: what cannot be written is lost.
std::size_t FileTransport::deliver(const flow::Batch& batch, std::size_t first,
                                   const Delivery& delivery) noexcept {
    const std::size_t messages = batch.message_count() - first;
    const Whole whole = write(batch, first);
    const std::size_t lost = messages - whole.messages;
    counts().take(messages, delivery);
    counts().delivered.add(whole.messages);
    counts().bytes.add(whole.bytes);
    counts().lose(Loss::transport_failed, lost);
    ledger().move(batch, first, whole.messages, delivery.source, delivery.place(),
                  Place::delivered);
    ledger().move(batch, first + whole.messages, lost, delivery.source, delivery.place(),
                  place_of(Loss::transport_failed));
    lost_messages_ += lost;
    return messages;
}

Whole FileTransport::write(const flow::Batch& batch, std::size_t first) {
    if (state_ == TransportState::closed || ended_ || first == batch.message_count()) return {};
    if (state_ == TransportState::dropping && !pause_.over(Pause::Clock::now())) return {};
    const std::size_t begin = first == 0 ? 0 : batch.slot(first - 1).end;
    const flow::Bytes content = batch.bytes().subspan(begin);
    const flow::Bytes bytes = compressor_ ? compressor_->frame(content) : content;
    int error = bytes.empty() && !content.empty() ? EIO : 0;  // the library has failed
    if (error == 0 && rotation_) error = rotation_->make_ready(bytes.size());
    Whole whole;
    if (error == 0) {
        std::unique_lock one_batch{writing, std::defer_lock};
        if (!rotation_) one_batch.lock();
        const int descriptor = writable();
        const std::size_t written = write_all(descriptor, bytes, error);
        std::size_t kept = written;
        if (!compressor_) {
            whole = whole_messages(batch, first, begin, begin + written);
            kept = whole.bytes;
        } else if (written == bytes.size()) {
            whole = {batch.message_count() - first, content.size()};
        } else {
            kept = 0;
        }
        const bool torn = kept < written && !take_back(descriptor, written - kept);
        if (rotation_) rotation_->grow(kept);
        if (rotation_ && torn) rotation_->abandon();
        unsynced_ |= kept > 0;
    }
    if (error != 0) {
        failed_with(error);
    } else if (state_ == TransportState::dropping) {
        works_again();
    }
    sync_if_due();
    return whole;
}

void FileTransport::sync_if_due() {
    if (!unsynced_ || options_.sync != "interval") return;
    const auto now = std::chrono::steady_clock::now();
    if (now - synced_at_ < milliseconds{options_.sync_interval_ms}) return;
    synced_at_ = now;
    unsynced_ = false;
    const int error = writable() < 0 ? 0 : sync_file(writable());  // finished meanwhile: synced
    if (error != 0 && !sync_failed_) {
        log::error(place() + ": cannot sync: " + reason(error) +
                   "; what was written may not be on the disk");
    }
    sync_failed_ = error != 0;
}

/// TX workers come here often while nothing arrives: files end in time without traffic.
milliseconds FileTransport::idle() noexcept {
    if (!ended_) {
        if (rotation_) rotation_->tick();
        sync_if_due();
    }
    return milliseconds{1000};
}

void FileTransport::failed_with(int error) {
    last_error_ = error;
    if (error == EPIPE) {  // `flowd | head`: the reader has seen enough, nobody needs to be told
        state_ = TransportState::closed;
        return;
    }
    pause_.grow(Pause::Clock::now());
    if (state_ == TransportState::dropping) return;
    state_ = TransportState::dropping;
    lost_messages_ = 0;
    log::error(place() + ": cannot write: " + reason(error) +
               "; messages are lost until it works again");
}

void FileTransport::works_again() {
    log::info(place() + ": writing again; " + std::to_string(lost_messages_) +
              " messages were lost");
    state_ = TransportState::up;
    pause_.end();
}

void FileTransport::reopen() noexcept {
    if (rotation_ && !ended_) {
        if (rotation_->finish())
            log::info(place() + ": file finished; the next message begins another");
        return;
    }
    if (options_.path.empty() || descriptor_ < 0) return;
    const int fresh = open_for_append(options_.path);
    if (const int error = errno; fresh < 0) {
        log::error(place() + ": cannot open it again: " + reason(error) +
                   "; the file that is open stays in use");
        return;
    }
    if (const int error = close_descriptor(); error != 0) {
        log::warn(place() + ": closing the old file: " + reason(error));
    }
    descriptor_ = fresh;
    lock_and_cut(options_.path, descriptor_, layout_);
    // A new reader of a named pipe. A failure, though, is over only once a write has worked.
    if (state_ == TransportState::closed) state_ = TransportState::up;
    log::info(place() + ": opened again");
}

Failure FileTransport::close(const Ending& /*ending*/) noexcept {
    ended_ = true;
    const bool finished = !rotation_ || rotation_->finish();
    const int error = close_descriptor();
    Failure failure;
    if (state_ == TransportState::dropping) {
        failure.sentence = place() + ": cannot write: " + reason(last_error_) + "; " +
                           std::to_string(lost_messages_) + " messages were lost";
    } else if (!finished) {
        failure.sentence = place() + ": the last file could not be finished";
    } else if (error != 0) {
        failure.sentence =
            place() + ": cannot close: " + reason(error) + "; the last messages may be lost";
        log::error(failure.sentence);
    }
    state_ = TransportState::closed;
    return failure;
}

int FileTransport::close_descriptor() noexcept {
    const int descriptor = std::exchange(descriptor_, -1);
    if (descriptor < 0 || options_.path.empty()) return 0;
    const int error = syncs() ? sync_file(descriptor) : 0;
    if (::close(descriptor) != 0 && errno != EINTR) return errno;  // EINTR on Linux: it is closed
    return error;
}

/// JSON and text hold no control characters: only with one of them does a separator end a line.
[[nodiscard]] Layout layout_of(const Options& options, const std::string& terminator) {
    Layout layout{options.framing, compression_of(options), terminator};
    const bool ends_lines = terminator.find_first_of("\n\r\t") != terminator.npos ||
                            terminator.find('\0') != terminator.npos;
    if (layout.framing == Framing::lines && !ends_lines) layout.framing = Framing::none;
    return layout;
}

[[nodiscard]] Outcome<int> open_destination(const Options& options, const Layout& layout) {
    const bool to_stdout = options.path.empty();
    const int descriptor = to_stdout ? STDOUT_FILENO : open_for_append(options.path);
    const int result = to_stdout ? ::fcntl(descriptor, F_GETFD) : descriptor;
    if (const int error = errno; result < 0) {
        return Failure{"transport.file.path: " +
                       (to_stdout ? "empty, but standard output is not open: "
                                  : options.path + ": cannot open it for appending: ") +
                       reason(error)};
    }
    if (!to_stdout) lock_and_cut(options.path, descriptor, layout);
    return descriptor;
}

}  // namespace

Outcome<std::unique_ptr<Transport>> open(const Options& options) {
    if (Failure failure = check(options); failed(failure)) return failure;
    Outcome<std::string> terminator = parse_separator(options.separator);
    if (!terminator) return terminator.error();
    const Layout layout = layout_of(options, *terminator);
    auto compressor =
        Compressor::make(layout.compression, static_cast<int>(options.compression_level));
    if (!compressor) return compressor.error();
    if (!options.rotates()) {
        const Outcome<int> descriptor = open_destination(options, layout);
        if (!descriptor) return descriptor.error();
        return std::unique_ptr<Transport>{std::make_unique<FileTransport>(
            options, layout, std::nullopt, std::move(*compressor), *descriptor)};
    }
    const Outcome<Name> name = Name::make(options.path, layout.compression);
    if (!name) return name.error();
    if (Failure failure = check_folder(*name); failed(failure)) return failure;
    recover_parts(*name, layout);
    Rotation{options, *name}.retain();
    return std::unique_ptr<Transport>{
        std::make_unique<FileTransport>(options, layout, *name, std::move(*compressor), -1)};
}

}  // namespace flowd::file
