using System.IO.MemoryMappedFiles;
using System.Text;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Journal;

/// <summary>
/// The progress of the lanes of this process, in a file that is mapped into memory: writing costs nothing, and the notes outlive the process
/// however it ends. They have what the ledger cannot know: which of the departed messages were not begun, and the last answers of the server.
/// The next process on the machine reads them.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>How many messages of a lane can depart together.</summary>
    public const int HandoverSize = 128;

    /// <summary>The suffix of the files.</summary>
    public const string Suffix = ".journal";

    private readonly FileStream _file;
    private readonly MemoryMappedFile _mapped;
    private readonly MemoryMappedViewAccessor _view;

    private JournalFile(FileStream file, Guid id, int lanes)
    {
        _file = file;
        Id = id;
        var length = JournalFormat.HeaderSize + ((long)lanes * JournalFormat.LaneSize);
        // Written, not only reserved: a full disk must fail here and not when a message is under way.
        _file.Write(new byte[length]);
        _file.Flush(flushToDisk: true);
        _mapped = MemoryMappedFile.CreateFromFile(
            _file, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapped.CreateViewAccessor();
        var header = Encoding.ASCII.GetBytes(JournalFormat.Boot());
        _view.WriteArray(0, header, 0, header.Length);
        Lanes = [.. Enumerable.Range(0, lanes).Select(lane => new JournalLane(_view, JournalFormat.HeaderSize + ((long)lane * JournalFormat.LaneSize)))];
    }

    /// <summary>The id by which the leases of the process are known.</summary>
    public Guid Id { get; }

    public IReadOnlyList<JournalLane> Lanes { get; }

    /// <summary>Creates the journal of this process, which no other process can open as long as this one lives.</summary>
    public static JournalFile Create(string folder, int lanes)
    {
        Directory.CreateDirectory(folder);
        var id = Guid.NewGuid();
        var path = Path.Combine(folder, $"{id:N}{Suffix}");
        return new JournalFile(new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None), id, lanes);
    }

    /// <summary>Ends the journal. The file stays: the next process settles its notes, as it does for a process that died.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _mapped.Dispose();
        _file.Dispose();
    }
}

/// <summary>
/// The part of one lane, for three handovers in turn: the messages that are departing, the ones being handed over meanwhile, and the ones
/// before them, whose outcomes are being stored.
/// </summary>
internal sealed class JournalLane(MemoryMappedViewAccessor view, long start)
{
    private int _place;

    /// <summary>Notes messages that are about to depart, in place of those of three handovers ago.</summary>
    public JournalHandover Depart(IReadOnlyList<BatchRecipient> recipients)
    {
        _place = (_place + 1) % JournalFormat.Handovers;
        var handover = new JournalHandover(view, start + ((long)_place * JournalFile.HandoverSize * JournalFormat.SlotSize));
        handover.Depart(recipients);
        return handover;
    }
}

/// <summary>The notes of messages that depart together.</summary>
internal sealed class JournalHandover(MemoryMappedViewAccessor view, long start)
{
    /// <summary>Notes that the end of a message is about to be sent, after which only the answer shows whether it was taken.</summary>
    public void Begin(int message) => JournalFormat.WriteStage(view, Slot(message), JournalStage.Begun);

    /// <summary>Notes the outcome of a message.</summary>
    public void End(int message, Outcome outcome) => JournalFormat.WriteOutcome(view, Slot(message), outcome);

    internal void Depart(IReadOnlyList<BatchRecipient> recipients)
    {
        for (var i = 0; i < JournalFile.HandoverSize; i++)
        {
            JournalFormat.Clear(view, Slot(i));
        }

        for (var i = 0; i < recipients.Count; i++)
        {
            JournalFormat.WriteRecipient(view, Slot(i), recipients[i]);
        }
    }

    private long Slot(int message) => start + ((long)message * JournalFormat.SlotSize);
}
