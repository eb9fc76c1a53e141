using System.Buffers;

namespace TagSegments.Embedded.Smtp;

/// <summary>Collects a message up to the line with a single dot, and removes the dots added for transport.</summary>
internal sealed class SmtpBody
{
    private readonly ArrayBufferWriter<byte> _bytes = new(16 * 1024);
    private readonly int _limit;
    private int _length;

    public SmtpBody(int limit)
    {
        _limit = limit;
        // Starts as if a line had just ended, so that a dot in the first line is not a special case.
        _bytes.Write("\r\n"u8);
    }

    public bool IsTooLarge { get; private set; }

    public bool IsComplete { get; private set; }

    /// <summary>Consumes the bytes that have arrived and returns where it stopped: after the end of the message, if that has arrived.</summary>
    public SequencePosition Append(ReadOnlySequence<byte> arrived)
    {
        var before = _bytes.WrittenCount;
        foreach (var segment in arrived)
        {
            _bytes.Write(segment.Span);
        }

        // The end may be split over two reads.
        var from = Math.Max(0, before - 4);
        var end = _bytes.WrittenSpan[from..].IndexOf("\r\n.\r\n"u8);
        if (end < 0)
        {
            DropIfTooLarge();
            return arrived.End;
        }

        IsComplete = true;
        _length = from + end + 2;
        IsTooLarge |= _length - 2 > _limit;
        return arrived.GetPosition(from + end + 5 - before);
    }

    /// <summary>Returns the message, including the line break before the final dot.</summary>
    public ReadOnlyMemory<byte> Message()
    {
        var rest = _bytes.WrittenSpan[.._length];
        var message = new ArrayBufferWriter<byte>(_length);
        // The client added or doubled a dot after a line break; either way one is removed.
        for (var dot = rest.IndexOf("\r\n."u8); dot >= 0; dot = rest.IndexOf("\r\n."u8))
        {
            message.Write(rest[..(dot + 2)]);
            rest = rest[(dot + 3)..];
        }

        message.Write(rest);
        return message.WrittenMemory[2..];
    }

    private void DropIfTooLarge()
    {
        if (_bytes.WrittenCount - 2 <= _limit)
        {
            return;
        }

        IsTooLarge = true;
        Span<byte> tail = stackalloc byte[4];
        _bytes.WrittenSpan[^4..].CopyTo(tail);
        _bytes.ResetWrittenCount();
        _bytes.Write(tail);
    }
}
