using System.Diagnostics;
using System.Text.Json;

namespace TagSegments.Embedded.Smtp;

/// <summary>The messages that an <see cref="SmtpSink"/> has accepted.</summary>
internal sealed class SmtpMailbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<SmtpMessage> _messages = new();
    private readonly int _kept;
    private readonly FileStream? _journal;
    private TaskCompletionSource? _changed;
    private long _accepted;

    public SmtpMailbox(SmtpSinkOptions options)
    {
        _kept = options.Kept;
        // What is written survives the death of this process.
        _journal = options.JournalFile is { } file ? new FileStream(file, OwnerOnly.Journal()) : null;
    }

    public long Accepted => Interlocked.Read(ref _accepted);

    public SmtpMessage Keep(string sender, IReadOnlyList<string> recipients, ReadOnlyMemory<byte> data)
    {
        TaskCompletionSource? changed;
        SmtpMessage message;
        lock (_lock)
        {
            message = new SmtpMessage(_accepted + 1, sender, recipients, data);
            _journal?.Write(Line(message));
            Interlocked.Increment(ref _accepted);
            _messages.Enqueue(message);
            if (_messages.Count > _kept)
            {
                _messages.Dequeue();
            }

            changed = _changed;
            _changed = null;
        }

        changed?.SetResult();
        return message;
    }

    public IReadOnlyList<SmtpMessage> Snapshot()
    {
        lock (_lock)
        {
            return [.. _messages];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _messages.Clear();
        }
    }

    public async Task WaitAsync(Func<bool> reached, TimeSpan timeout)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            // Requested before the check, so that a message in between is not missed.
            var changed = NextChange();
            if (reached())
            {
                return;
            }

            var left = timeout - waited.Elapsed;
            if (left <= TimeSpan.Zero)
            {
                throw new TimeoutException($"The awaited message did not arrive within {timeout}; {Accepted} messages were accepted so far.");
            }

            await Task.WhenAny(changed, Task.Delay(left));
        }
    }

    public void Dispose() => _journal?.Dispose();

    private Task NextChange()
    {
        lock (_lock)
        {
            _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _changed.Task;
        }
    }

    private static byte[] Line(SmtpMessage message) =>
    [
        .. JsonSerializer.SerializeToUtf8Bytes(new
        {
            number = message.Number,
            from = message.Sender,
            to = message.Recipients,
            message_id = message.Header("Message-ID"),
            subject = message.Header("Subject"),
            bytes = message.Data.Length,
        }),
        (byte)'\n',
    ];
}
