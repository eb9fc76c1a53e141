using System.Text;
using MimeKit;
using TagSegments.ServiceDefaults.Logs;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Delivery;

/// <summary>The result of handing over a message.</summary>
internal sealed record HandoverResult
{
    private const int MaxDetail = 400;

    private HandoverResult(State state, Reason reason, string detail)
    {
        State = state;
        Reason = reason;
        Detail = Short(PersonalText.Hide(detail));
    }

    public State State { get; }

    public Reason Reason { get; }

    /// <summary>The answer in the words of the receiving side, in one line, without addresses: the recipient is known, others have no place here.</summary>
    public string Detail { get; }

    public static HandoverResult Accepted(string detail) => new(State.Accepted, Reason.Unspecified, detail);

    public static HandoverResult Failed(Reason reason, string detail) => new(State.Failed, reason, detail);

    /// <summary>Left out, because nothing that can be sent would reach the address.</summary>
    public static HandoverResult Skipped(Reason reason, string detail) => new(State.Skipped, reason, detail);

    /// <summary>Refused for now.</summary>
    public static HandoverResult Deferred(string detail) => new(State.Deferred, Reason.Unspecified, detail);

    /// <summary>
    /// The message could not be made, so nothing of it has left. It is tried again only if the machine may be the reason: no memory, or no time.
    /// </summary>
    public static HandoverResult NotMade(Exception e) => e switch
    {
        ParseException => Failed(Reason.InvalidAddress, e.Message),
        OutOfMemoryException or { InnerException: TimeoutException } => Deferred(e.Message),
        _ => Failed(Reason.Template, e.Message),
    };

    /// <summary>There was no answer after all of the message was written.</summary>
    public static HandoverResult Unknown(string detail) => new(State.Unknown, Reason.NoAnswer, detail);

    // Answers of servers and messages of exceptions are foreign text: one line, not too much of it, and no half characters, which the ledger
    // cannot store.
    private static string Short(string detail)
    {
        var line = new StringBuilder();
        foreach (var rune in detail.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > MaxDetail)
            {
                break;
            }

            line.Append(Rune.IsControl(rune) ? new Rune(' ') : rune);
        }

        return line.ToString().Trim();
    }
}
