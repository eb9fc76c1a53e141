using System.Buffers;

namespace TagSegments.Embedded.Smtp;

/// <summary>Collects a message until the line with a single dot, and takes the transport's dots out.</summary>
internal sealed class SmtpBody
{
    private readonly ArrayBufferWriter<byte> _bytes = new(16 * 1024);
    private readonly int _limit;
    private int _length;

    public SmtpBody(int limit)
    {
        _limit = limit;
        // As if the command line before it belonged to it: then a dot in the first line needs no case of its own.
        _bytes.Write("\r\n"u8);
    }

    public bool IsTooLarge { get; private set; }

    public bool IsComplete { get; private set; }

    /// <summary>Takes in what has arrived and returns where it stopped: behind the end of the message, if that has arrived.</summary>
    public SequencePosition Append(ReadOnlySequence<byte> arrived)
    {
        var before = _bytes.WrittenCount;
        foreach (var segment in arrived)
        {
            _bytes.Write(segment.Span);
        }

        // The end may straddle two reads.
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

    /// <summary>Returns the message; the line break before the end belongs to it.</summary>
    public ReadOnlyMemory<byte> Message()
    {
        var rest = _bytes.WrittenSpan[.._length];
        var message = new ArrayBufferWriter<byte>(_length);
        // A dot after a line break was added by the client, or doubled by it: either way it goes.
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
