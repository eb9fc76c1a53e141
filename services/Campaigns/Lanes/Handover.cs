using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>
/// Messages that were marked as departing together and are handed over one after another: the recipients that were granted, the notes of the
/// journal, and the time of the mark.
/// </summary>
internal sealed record Handover(
    IReadOnlyList<QueuedMessage> Messages, IReadOnlySet<BatchRecipient> Departed, JournalHandover? Notes, long DepartedAt)
{
    public static readonly Handover Empty = new([], new HashSet<BatchRecipient>(), null, 0);
}

/// <summary>A message with its outcome, which is still to be stored.</summary>
internal sealed record HandedOver(QueuedMessage Message, Outcome Outcome);
