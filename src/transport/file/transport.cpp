// SPDX-License-Identifier: BSD-3-Clause
// The file transport: write(2) until all is written, whole messages only, one log line per change
// of state. Runs on a TX worker. A failed batch is lost; the next one is another try.
#include "transport/file/transport.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "log/log.hpp"

namespace flowd::file {

namespace {

/// Held while a batch is written. Transports of one process share a destination, and a write to a
/// pipe that fills up lets another writer in, even in the middle of a message.
constinit std::mutex writing;

[[nodiscard]] std::string reason(int error) {
    return std::generic_category().message(error) + " (errno " + std::to_string(error) + ")";
}

[[nodiscard]] int open_for_append(const std::string& path) noexcept {
    return ::open(path.c_str(), O_APPEND | O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
}

/// Writes `bytes`, however many calls it takes, and says how many were written; all, or `error`
/// says why not. A full non-blocking pipe is waited for as a blocking one would be.
std::size_t write_all(int descriptor, flow::Bytes bytes, int& error) noexcept {
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
        if (count > 0) {
            written += static_cast<std::size_t>(count);
        } else if (count < 0 && errno == EAGAIN) {
            pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);
        } else if (count == 0 || errno != EINTR) {
            error = count == 0 ? EIO : errno;  // a write of nothing would loop for ever
            return written;
        }
    }
    return written;
}

/// Takes the last `size` bytes, the beginning of a message, back out of a regular file. Not when
/// the file does not end where we stopped: then another process has appended behind them.
void take_back(int descriptor, std::size_t size) noexcept {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
    const off_t end = ::lseek(descriptor, 0, SEEK_CUR);
    if (end != status.st_size || end < static_cast<off_t>(size)) return;
    const off_t end_of_messages = end - static_cast<off_t>(size);
    if (::ftruncate(descriptor, end_of_messages) != 0) return;
    ::lseek(descriptor, end_of_messages,
            SEEK_SET);  // without O_APPEND (stdout) a hole would follow
}

/// What was written of a batch.
struct Whole {
    std::size_t messages = 0;
    std::size_t bytes = 0;
};

/// As whole messages.
[[nodiscard]] Whole whole_messages(const flow::Batch& batch, std::size_t written) noexcept {
    if (written == batch.bytes().size()) return {batch.message_count(), written};
    Whole whole;
    while (whole.messages < batch.message_count()) {
        const std::size_t end = batch.slot(whole.messages).end;
        if (end > written) break;
        whole.bytes = end;
        ++whole.messages;
    }
    return whole;
}

class FileTransport final : public Transport {
public:
    FileTransport(std::string path, int descriptor)
        : path_{std::move(path)},
          name_{path_.empty() ? "standard output" : path_},
          descriptor_{descriptor} {}
    ~FileTransport() override { close_descriptor(); }

    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        Ticket* ticket) noexcept override;
    void reopen() noexcept override;
    Failure close(const Ending& ending) noexcept override;
    [[nodiscard]] TransportState state() const noexcept override { return state_; }

private:
    void failed_with(int error);
    void works_again();
    [[nodiscard]] std::string place() const { return "transport.file.path: " + name_; }
    /// The errno of close(2), 0 when it worked or there was nothing to close.
    int close_descriptor() noexcept;

    std::string path_;  // empty: stdout, which is not ours to close
    std::string name_;
    int descriptor_;  // -1: closed
    TransportState state_ = TransportState::up;
    int last_error_ = 0;               // of the present failure
    std::uint64_t lost_messages_ = 0;  // since it began
};

/// Takes all, always: what cannot be written is lost.
std::size_t FileTransport::deliver(const flow::Batch& batch, std::size_t /*first*/,
                                   Ticket* ticket) noexcept {
    const std::size_t messages = batch.message_count();
    counts().take(messages, ticket);
    if (state_ == TransportState::closed || descriptor_ < 0) {
        counts().lose(Loss::transport_failed, messages);
        return messages;
    }
    int error = 0;
    Whole whole;
    {
        const std::scoped_lock one_batch{writing};
        const std::size_t written = write_all(descriptor_, batch.bytes(), error);
        whole = whole_messages(batch, written);
        if (whole.bytes < written) take_back(descriptor_, written - whole.bytes);
    }
    counts().delivered.add(whole.messages);
    counts().bytes.add(whole.bytes);
    if (error != 0) {
        counts().lose(Loss::transport_failed, messages - whole.messages);
        lost_messages_ += messages - whole.messages;
        failed_with(error);
    } else if (state_ == TransportState::dropping && !batch.empty()) {
        works_again();
    }
    return messages;
}

void FileTransport::failed_with(int error) {
    last_error_ = error;
    if (error == EPIPE) {  // `flowd | head`: the reader has seen enough, nobody needs to be told
        state_ = TransportState::closed;
        return;
    }
    if (state_ == TransportState::dropping) return;
    state_ = TransportState::dropping;
    log::error(place() + ": cannot write: " + reason(error) +
               "; messages are lost until it works again");
}

void FileTransport::works_again() {
    log::info(place() + ": writing again; " + std::to_string(lost_messages_) +
              " messages were lost");
    state_ = TransportState::up;
    lost_messages_ = 0;
}

void FileTransport::reopen() noexcept {
    if (path_.empty() || descriptor_ < 0) return;
    const int fresh = open_for_append(path_);
    if (const int error = errno; fresh < 0) {
        log::error(place() + ": cannot open it again: " + reason(error) +
                   "; the file that is open stays in use");
        return;
    }
    if (const int error = close_descriptor(); error != 0) {
        log::warn(place() + ": closing the old file: " + reason(error));
    }
    descriptor_ = fresh;
    // A new reader of a named pipe. A failure, though, is over only once a write has worked.
    if (state_ == TransportState::closed) state_ = TransportState::up;
    log::info(place() + ": opened again");
}

Failure FileTransport::close(const Ending& /*ending*/) noexcept {
    const int error = close_descriptor();
    Failure failure;
    if (state_ == TransportState::dropping) {
        failure.sentence = place() + ": cannot write: " + reason(last_error_) + "; " +
                           std::to_string(lost_messages_) + " messages were lost";
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
    if (descriptor < 0 || path_.empty()) return 0;
    return ::close(descriptor) == 0 || errno == EINTR ? 0 : errno;  // EINTR on Linux: it is closed
}

}  // namespace

Outcome<std::unique_ptr<Transport>> open(const Options& options) {
    const bool to_stdout = options.path.empty();
    const int descriptor = to_stdout ? STDOUT_FILENO : open_for_append(options.path);
    const int result = to_stdout ? ::fcntl(descriptor, F_GETFD) : descriptor;
    if (const int error = errno; result < 0) {
        return Failure{"transport.file.path: " +
                       (to_stdout ? "empty, but standard output is not open: "
                                  : options.path + ": cannot open it for appending: ") +
                       reason(error)};
    }
    return std::unique_ptr<Transport>{std::make_unique<FileTransport>(options.path, descriptor)};
}

}  // namespace flowd::file
