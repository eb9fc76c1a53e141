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
        Detail = Short(detail);
    }

    public State State { get; }

    public Reason Reason { get; }

    /// <summary>The answer in the words of the receiving side, in one line.</summary>
    public string Detail { get; }

    public static HandoverResult Accepted(string detail) => new(State.Accepted, Reason.Unspecified, detail);

    public static HandoverResult Failed(Reason reason, string detail) => new(State.Failed, reason, detail);

    /// <summary>Refused for now.</summary>
    public static HandoverResult Deferred(string detail) => new(State.Deferred, Reason.Unspecified, detail);

    /// <summary>There was no answer after all of the message was written.</summary>
    public static HandoverResult Unknown(string detail) => new(State.Unknown, Reason.NoAnswer, detail);

    // The answer of a server is foreign text: one line, and not too much of it.
    private static string Short(string detail)
    {
        var line = string.Concat(detail.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= MaxDetail ? line : line[..MaxDetail];
    }
}
