using System.IO.MemoryMappedFiles;
using System.Text;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Journal;

/// <summary>How far a message had come.</summary>
internal enum JournalStage : byte
{
    None,

    /// <summary>About to depart, or departed.</summary>
    Departed,

    /// <summary>The end of its data was about to be sent.</summary>
    Begun,

    /// <summary>Its outcome is known.</summary>
    Ended,
}

/// <summary>
/// The layout of a journal: a header with the start of the machine, then a slot of fixed size for each message. The stage of a slot is
/// written last.
/// </summary>
internal static class JournalFormat
{
    public const int HeaderSize = 64;
    public const int SlotSize = 512;

    /// <summary>How many handovers a lane has notes of.</summary>
    public const int Handovers = 3;

    public const int LaneSize = Handovers * JournalFile.HandoverSize * SlotSize;
    private const int Account = 4, Campaign = 8, Contact = 24, Batch = 28, Fence = 32, Attempts = 40, Channel = 44;
    private const double MaxDelay = 30 * 86_400;
    private const int State = 48, Reason = 50, Length = 52, Delay = 56, Detail = 64;

    /// <summary>
    /// Identifies the start of the machine. After a crash of the machine, notes from before it may be missing in part, so then only the notes that
    /// are there are believed.
    /// </summary>
    public static string Boot()
    {
        const string linux = "/proc/sys/kernel/random/boot_id";
        return File.Exists(linux) ? File.ReadAllText(linux).Trim() : Guid.NewGuid().ToString();
    }

    public static void Clear(MemoryMappedViewAccessor view, long slot) => view.Write(slot, (byte)JournalStage.None);

    public static void WriteRecipient(MemoryMappedViewAccessor view, long slot, BatchRecipient recipient)
    {
        view.Write(slot + Account, recipient.AccountId);
        view.WriteArray(slot + Campaign, recipient.CampaignId.ToByteArray(), 0, 16);
        view.Write(slot + Contact, recipient.ContactId);
        view.Write(slot + Batch, recipient.BatchId);
        view.Write(slot + Fence, recipient.Fence);
        view.Write(slot + Attempts, recipient.Attempts);
        view.Write(slot + Channel, recipient.Channel);
        WriteStage(view, slot, JournalStage.Departed);
    }

    public static void WriteOutcome(MemoryMappedViewAccessor view, long slot, Outcome outcome)
    {
        var detail = new byte[SlotSize - Detail];
        Encoding.UTF8.GetEncoder().Convert(outcome.Detail, detail, flush: true, out _, out var length, out _);
        view.Write(slot + State, (short)outcome.State);
        view.Write(slot + Reason, (short)outcome.Reason);
        view.Write(slot + Length, length);
        view.Write(slot + Delay, outcome.RetryAfter.TotalSeconds);
        view.WriteArray(slot + Detail, detail, 0, length);
        WriteStage(view, slot, JournalStage.Ended);
    }

    public static void WriteStage(MemoryMappedViewAccessor view, long slot, JournalStage stage)
    {
        Thread.MemoryBarrier();
        view.Write(slot, (byte)stage);
    }

    /// <summary>Reads the outcomes that follow from a journal.</summary>
    public static List<Outcome> Read(ReadOnlySpan<byte> journal)
    {
        var outcomes = new List<Outcome>();
        if (journal.Length < HeaderSize)
        {
            return outcomes;
        }

        var isComplete = Encoding.ASCII.GetString(journal[..HeaderSize]).TrimEnd('\0') == Boot();
        for (var slots = journal[HeaderSize..]; slots.Length >= SlotSize; slots = slots[SlotSize..])
        {
            if (ReadSlot(slots, isComplete) is { } outcome)
            {
                outcomes.Add(outcome);
            }
        }

        return outcomes;
    }

    private static Outcome? ReadSlot(ReadOnlySpan<byte> slot, bool isComplete) => (JournalStage)slot[0] switch
    {
        JournalStage.Departed when isComplete => Outcome.Released(ReadRecipient(slot)),
        JournalStage.Departed or JournalStage.Begun => Outcome.Unknown(ReadRecipient(slot), "The sender stopped before the answer came."),
        JournalStage.Ended => ReadOutcome(slot),
        _ => null,
    };

    // A damaged file must not keep a process from sending, nor invent an answer.
    private static Outcome ReadOutcome(ReadOnlySpan<byte> slot)
    {
        var (state, delay) = ((Recipient.Types.State)BitConverter.ToInt16(slot[State..]), BitConverter.ToDouble(slot[Delay..]));
        return state is Recipient.Types.State.Unspecified || !Enum.IsDefined(state) || delay is not (>= 0 and < MaxDelay)
            ? Outcome.Unknown(ReadRecipient(slot), "The note of the answer is damaged.")
            : new Outcome(
                ReadRecipient(slot),
                state,
                (Recipient.Types.Reason)BitConverter.ToInt16(slot[Reason..]),
                Encoding.UTF8.GetString(slot.Slice(Detail, Math.Clamp(BitConverter.ToInt32(slot[Length..]), 0, SlotSize - Detail))),
                TimeSpan.FromSeconds(delay));
    }

    private static BatchRecipient ReadRecipient(ReadOnlySpan<byte> slot) => new(
        BitConverter.ToInt32(slot[Account..]),
        new Guid(slot.Slice(Campaign, 16)),
        BitConverter.ToInt32(slot[Contact..]),
        BitConverter.ToInt16(slot[Channel..]),
        "",
        BitConverter.ToInt32(slot[Batch..]),
        BitConverter.ToInt64(slot[Fence..]),
        BitConverter.ToInt32(slot[Attempts..]));
}
